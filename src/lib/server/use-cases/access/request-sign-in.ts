// Somebody asks for a sign-in mail. Known or not, the same work is done and the same answer given: who it is, the worker finds out.
// Refusal: too_many_requests.
import type { Services } from '../../services.ts';
import { newId, sha256 } from '../../identity.ts';
import { insertSignInRequest } from '../../store/access.ts';
import { done, refuse, type Result } from '../run.ts';

export type SignInAsk = { email: string; browserSecret: string; ip: string; locale: 'fr' | 'en' };

export async function requestSignIn(services: Services, ask: SignInAsk): Promise<Result<null>> {
	const [addressFree, dayFree, ipFree] = await Promise.all([
		services.limits.take('sign_in_address', ask.email),
		services.limits.take('sign_in_address_day', ask.email),
		services.limits.take('sign_in_ip', ask.ip)
	]);
	if (!ipFree) return refuse('too_many_requests');
	// Over the limit of one address: the same answer, and no mail. The person has five in the box already.
	if (!addressFree || !dayFree) return done(null);
	await insertSignInRequest(services.db, {
		requestId: newId(),
		email: ask.email,
		browserHash: sha256(ask.browserSecret),
		locale: ask.locale,
		createdAt: services.clock.now(),
		handledAt: null
	});
	services.signal();
	return done(null);
}
