// "Confirm it is you" with a passkey of the member who is signed in.
import { json } from '@sveltejs/kit';
import * as v from 'valibot';
import { PasskeyAnswer } from '#lib/contract/passkeys.ts';
import { answerJson } from '#lib/server/http/answer.ts';
import { ensureBrowserSecret, readBrowserSecret } from '#lib/server/http/browser-secret.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { confirmByPasskey, offerConfirmation } from '#lib/server/use-cases/access/prove-by-passkey.ts';
import { refuse } from '#lib/server/use-cases/run.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';
import { required } from '#lib/domain/required.ts';

export const GET: RequestHandler = async (event) => {
	const scope = requireMember(event);
	const { services } = await house();
	const browserSecret = ensureBrowserSecret(event.cookies, services.config.origin);
	return json({ options: await offerConfirmation(services, scope, browserSecret) });
};

export const POST: RequestHandler = async (event) => {
	const scope = requireMember(event);
	const { services, sessions } = await house();
	const read = v.safeParse(PasskeyAnswer, await event.request.json().catch(() => null));
	if (!read.success) return answerJson(refuse('passkey_refused'), event.locals.locale);
	const result = await confirmByPasskey(services, scope, {
		response: read.output.response,
		browserSecret: readBrowserSecret(event.cookies, services.config.origin),
		ip: event.getClientAddress()
	});
	if (!result.ok) return answerJson(result, event.locals.locale);
	await sessions.prove(required(event.locals.sessionId, 'session'), services.clock.now());
	return json({ next: null });
};
