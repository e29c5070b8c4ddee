// "Confirm it is you": a passkey, or the code of a mail. Then what was typed is sent, or the person goes back to where it was.
import { fail, redirect } from '@sveltejs/kit';
import * as v from 'valibot';
import { SignInCode } from '#lib/contract/access.ts';
import { isFreshlyProven } from '#lib/domain/access/fresh-proof.ts';
import { failWith } from '#lib/server/http/answer.ts';
import { ensureBrowserSecret, readBrowserSecret } from '#lib/server/http/browser-secret.ts';
import { follows } from '#lib/server/http/follows.ts';
import { requireMember, safeNext } from '#lib/server/http/guards.ts';
import { dropKeptForm, readKeptForms } from '#lib/server/http/kept-forms.ts';
import { addressOf, askForCode, confirmByCode } from '#lib/server/use-cases/access/confirm-person.ts';
import { hasPasskey } from '#lib/server/use-cases/access/prove-by-passkey.ts';
import { house } from '#lib/server/wiring.ts';
import type { Actions, PageServerLoad } from './$types';
import { required } from '#lib/domain/required.ts';

export const load: PageServerLoad = async (event) => {
	// Who one is: no news are told of it.
	follows(event);
	const scope = requireMember(event);
	const { services } = await house();
	// Before any script asks for a challenge: one secret, however many answers cross each other.
	ensureBrowserSecret(event.cookies, services.config.origin);
	return {
		isProven: isFreshlyProven(scope.actor, services.clock.now()),
		email: (await addressOf(services, scope)) ?? '',
		hasPasskey: await hasPasskey(services, scope),
		kept: await readKeptForms(event, event.locals.subject),
		next: safeNext(event.url.searchParams.get('suite'))
	};
};

export const actions: Actions = {
	oublier: async (event) => {
		requireMember(event);
		return dropKeptForm(event);
	},
	envoyer: async (event) => {
		const scope = requireMember(event);
		const { services } = await house();
		const result = await askForCode(services, scope, {
			browserSecret: ensureBrowserSecret(event.cookies, services.config.origin),
			ip: event.getClientAddress(),
			locale: event.locals.locale
		});
		return result.ok ? { sent: true } : failWith(result.refusal, event.locals.locale);
	},
	code: async (event) => {
		requireMember(event);
		const { services, sessions } = await house();
		const read = v.safeParse(SignInCode, Object.fromEntries(await event.request.formData()));
		if (!read.success) return fail(400, { sent: true, problem: 'code' });
		const result = await confirmByCode(services, required(event.locals.subject, 'person signed in'), {
			code: read.output.code,
			browserSecret: readBrowserSecret(event.cookies, services.config.origin),
			ip: event.getClientAddress()
		});
		if (!result.ok) return fail(400, { sent: true, problem: result.refusal.code as string });
		await sessions.prove(required(event.locals.sessionId, 'session'), services.clock.now());
		const next = safeNext(read.output.next);
		redirect(303, next ? `/admin/confirmer?suite=${encodeURIComponent(next)}` : '/admin/confirmer');
	}
};
