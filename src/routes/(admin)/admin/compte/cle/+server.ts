// A new passkey of the member who is signed in: what its device is asked, and what it answers.
import * as v from 'valibot';
import { NewPasskey } from '#lib/contract/passkeys.ts';
import { answerJson } from '#lib/server/http/answer.ts';
import { ensureBrowserSecret, readBrowserSecret } from '#lib/server/http/browser-secret.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { addPasskey, offerPasskey } from '#lib/server/use-cases/access/passkeys.ts';
import { refuse } from '#lib/server/use-cases/run.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) => {
	const scope = requireMember(event);
	const { services } = await house();
	const browserSecret = ensureBrowserSecret(event.cookies, services.config.origin);
	const result = await offerPasskey(services, scope, browserSecret);
	return answerJson(result, event.locals.locale, (options) => ({ options }));
};

export const POST: RequestHandler = async (event) => {
	const scope = requireMember(event);
	const read = v.safeParse(NewPasskey, await event.request.json().catch(() => null));
	if (!read.success) return answerJson(refuse('passkey_refused'), event.locals.locale);
	const { services } = await house();
	const result = await addPasskey(services, scope, {
		...read.output,
		browserSecret: readBrowserSecret(event.cookies, services.config.origin)
	});
	return answerJson(result, event.locals.locale);
};
