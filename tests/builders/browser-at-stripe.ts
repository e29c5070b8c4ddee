// What a browser may do at Stripe with the publishable key and the secret of an intent: answer the bank, and try to bring another card.
import type { TestHouse } from '../setup/house.ts';
import { aToken } from './parties.ts';

type Intent = {
	status: string;
	next_action: { use_stripe_sdk: { id: string } } | null;
	error?: { message: string; code?: string };
};
async function call(
	{ config }: TestHouse,
	secret: string,
	act: string,
	params: Record<string, string>
): Promise<Intent> {
	const kind = secret.startsWith('seti_') ? 'setup_intents' : 'payment_intents';
	const url = `${config.sandbox!.apiUrl}/v1/${kind}/${secret.split('_secret_')[0]}${act}`;
	const headers = { authorization: `Bearer ${config.stripe.publishableKey}`, 'stripe-account': 'acct_lumen' };
	const body = new URLSearchParams({ client_secret: secret, ...params });
	const response = act
		? await fetch(url, { method: 'POST', headers, body })
		: await fetch(`${url}?${String(body)}`, { headers });
	return (await response.json()) as Intent;
}

/** The person answers the question that is open. */
export async function answerBank(house: TestHouse, secret: string, accepted = true): Promise<string> {
	const { next_action: next } = await call(house, secret, '', {});
	const answered = await call(house, secret, '/challenge', {
		challenge: next!.use_stripe_sdk.id,
		accepted: String(accepted)
	});
	return answered.status;
}
/** Another card, brought past us: what Stripe says to it. */
export async function confirmInBrowser(house: TestHouse, secret: string, method = 'pm_card_visa'): Promise<string> {
	const token = await aToken(house.services, method);
	const answer = await call(house, secret, '/confirm', { confirmation_token: token });
	return answer.error?.message ?? answer.status;
}
