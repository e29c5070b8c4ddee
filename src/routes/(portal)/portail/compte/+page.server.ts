// The person's own sessions, and the means of payment it kept.
import { error } from '@sveltejs/kit';
import { isUuid } from '#lib/contract/payments.ts';
import { failWith } from '#lib/server/http/answer.ts';
import { requireContact } from '#lib/server/http/guards.ts';
import { endSession, readSessions } from '#lib/server/use-cases/access/sessions.ts';
import { readMethods, removeMethod, renameMethod } from '#lib/server/use-cases/methods/manage-methods.ts';
import { choosePointsMails, wantsPointsMails } from '#lib/server/use-cases/points/choose-points-mails.ts';
import { house } from '#lib/server/wiring.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';
import { required } from '#lib/domain/required.ts';

export const load: PageServerLoad = async (event) => {
	const scope = requireContact(event);
	const { services } = await house();
	const [sessions, kept, pointsMails] = await Promise.all([
		readSessions(services, required(event.locals.subject, 'person signed in')),
		readMethods(services, scope),
		wantsPointsMails(services, scope)
	]);
	return { sessions, kept, pointsMails, here: event.locals.hereId };
};

async function chosen(event: RequestEvent) {
	const scope = requireContact(event);
	const form = await event.request.formData();
	const methodId = String(form.get('moyen') ?? '');
	if (!isUuid(methodId)) error(404, 'Not found');
	return { scope, methodId, name: String(form.get('nom') ?? '') };
}
export const actions: Actions = {
	renommer: async (event) => {
		const { scope, methodId, name } = await chosen(event);
		const result = await renameMethod((await house()).services, scope, methodId, name);
		return result.ok ? { renamed: true } : failWith(result.refusal, event.locals.locale);
	},
	retirer: async (event) => {
		const { scope, methodId } = await chosen(event);
		const result = await removeMethod((await house()).services, scope, methodId);
		return result.ok ? { removed: true } : failWith(result.refusal, event.locals.locale);
	},
	messages: async (event) => {
		const scope = requireContact(event);
		const wanted = (await event.request.formData()).get('points') === 'oui';
		await choosePointsMails((await house()).services, scope, wanted);
		return { noted: true };
	},
	fermer: async (event) => {
		requireContact(event);
		const sessionId = String((await event.request.formData()).get('session') ?? '');
		if (!isUuid(sessionId)) error(404, 'Not found');
		const result = await endSession(
			(await house()).services,
			required(event.locals.subject, 'person signed in'),
			sessionId
		);
		return result.ok ? { ended: true } : failWith(result.refusal, event.locals.locale);
	}
};
