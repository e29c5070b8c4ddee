// Somebody asks for a sign-in mail. Known or not, the same work is done and the same answer given: who it is, the worker finds out, and only there an
// address is counted, when a mail is about to leave: what is refused here costs nobody anything.
// Refusal: too_many_requests.
import type { Services } from '../../services.ts';
import { newId, sha256 } from '../../identity.ts';
import { askedFrom } from '../../request-context.ts';
import { insertSignInRequest, isKnownBrowser } from '../../store/sign-ins.ts';
import { done, refuse, type Result } from '../run.ts';

export type SignInAsk = { email: string; browserSecret: string; ip: string; locale: 'fr' | 'en' };

export async function requestSignIn(services: Services, ask: SignInAsk): Promise<Result<null>> {
	const browserHash = sha256(ask.browserSecret);
	const isKnown = await isKnownBrowser(services.db, browserHash);
	// A browser where somebody has signed in counts for itself: strangers behind the same address don't use up its turn.
	const isFree = isKnown
		? await services.limits.take('sign_in_browser', browserHash)
		: await services.limits.take('sign_in_ip', ask.ip);
	if (!isFree) return refuse('too_many_requests');
	await insertSignInRequest(services.db, {
		requestId: newId(),
		email: ask.email,
		browserHash,
		locale: ask.locale,
		createdAt: services.clock.now(),
		handledAt: null,
		isKnownBrowser: isKnown,
		networkAddress: ask.ip,
		httpRequestId: askedFrom().requestId
	});
	services.signal();
	return done(null);
}
