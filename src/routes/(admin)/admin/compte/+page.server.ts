// The member's own account: passkeys, and where it is signed in.
import { error } from '@sveltejs/kit';
import { isUuid } from '#lib/contract/payments.ts';
import { isFreshlyProven } from '#lib/domain/access/fresh-proof.ts';
import { failWith } from '#lib/server/http/answer.ts';
import { refuseOrConfirm } from '#lib/server/http/confirm-first.ts';
import { follows } from '#lib/server/http/follows.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { readPasskeys, removePasskey } from '#lib/server/use-cases/access/passkeys.ts';
import { endSession, readSessions } from '#lib/server/use-cases/access/sessions.ts';
import { house } from '#lib/server/wiring.ts';
import type { Actions, PageServerLoad } from './$types';
import { required } from '#lib/domain/required.ts';

export const load: PageServerLoad = async (event) => {
	// Keys and sessions: no news are told of them.
	follows(event);
	const scope = requireMember(event);
	const { services } = await house();
	return {
		...(await readPasskeys(services, scope)),
		isProven: isFreshlyProven(scope.actor, services.clock.now()),
		sessions: await readSessions(services, required(event.locals.subject, 'person signed in')),
		here: event.locals.hereId
	};
};

export const actions: Actions = {
	retirer: async (event) => {
		const scope = requireMember(event);
		const form = await event.request.formData();
		const passkeyId = String(form.get('cle') ?? '');
		if (!isUuid(passkeyId)) error(404, 'Not found');
		const result = await removePasskey((await house()).services, scope, passkeyId);
		return result.ok ? { removed: true } : refuseOrConfirm(event, result.refusal, 'passkey', form);
	},
	fermer: async (event) => {
		requireMember(event);
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
