// Signing in with a passkey: what the browser hands to its authenticator, and what that answers.
import { json } from '@sveltejs/kit';
import * as v from 'valibot';
import { PasskeyAnswer } from '#lib/contract/passkeys.ts';
import { answerJson } from '#lib/server/http/answer.ts';
import { ensureBrowserSecret, readBrowserSecret } from '#lib/server/http/browser-secret.ts';
import { safeNext } from '#lib/server/http/guards.ts';
import { openSession } from '#lib/server/http/open-session.ts';
import { offerSignIn, signInByPasskey } from '#lib/server/use-cases/access/prove-by-passkey.ts';
import { refuse } from '#lib/server/use-cases/run.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ cookies }) => {
	const { services } = await house();
	const browserSecret = ensureBrowserSecret(cookies, services.config.origin);
	return json({ options: await offerSignIn(services, browserSecret) });
};

export const POST: RequestHandler = async (event) => {
	const { services } = await house();
	const read = v.safeParse(PasskeyAnswer, await event.request.json().catch(() => null));
	if (!read.success) return answerJson(refuse('passkey_refused'), event.locals.locale);
	const result = await signInByPasskey(services, {
		response: read.output.response,
		browserSecret: readBrowserSecret(event.cookies, services.config.origin),
		ip: event.getClientAddress()
	});
	if (!result.ok) return answerJson(result, event.locals.locale);
	return json({ next: await openSession(event, result.value, safeNext(read.output.next), 'passkey') });
};
