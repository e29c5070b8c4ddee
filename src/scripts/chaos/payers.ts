// What clients do, over HTTP as their browsers would: each move asks whichever web process it likes, and lives with any answer or none.
import { ask, jsonOf, pause } from './ask.ts';
import type { Dice } from './dice.ts';
import { cookieOf, fromOf, tell, webOf, type Scene } from './scene.ts';
import { KEYS } from './stage.ts';
import type { Bill, Seller } from './world.ts';

type Option = { kind: string; due_now_minor: string; methods: string[] };
type Progress = { attemptId: string; status: string; clientSecret: string | null };

const CARDS = [
	[60, 'pm_card_visa'],
	[8, 'pm_card_visa_chargeDeclinedInsufficientFunds'],
	[8, 'pm_card_threeDSecure2Required'],
	[12, 'pm_card_createDispute'],
	[4, 'pm_card_refundFail'],
	[4, 'pm_card_pendingRefund']
] as const;
const ACCOUNTS = [
	[60, 'pm_success_fr'],
	[12, 'pm_insufficientFunds_fr'],
	[18, 'pm_disputed_fr'],
	[8, 'pm_failed_fr']
] as const;

/** What the invoice may be paid with today, as its supplier's software reads it. */
export async function optionsOf(scene: Scene, bill: Bill): Promise<Option[]> {
	const answer = await tell(scene, 'read', `${webOf(scene)}/api/v1/invoices/${bill.invoiceId}`, {
		headers: { authorization: `Bearer ${bill.seller.apiKey}` }
	});
	return (answer.status === 200 && jsonOf<{ options: Option[] }>(answer)?.options) || [];
}
/** At Stripe, as the browser makes one. */
export async function tokenFor({ stage }: Scene, seller: Seller, method: string): Promise<string> {
	const answer = await ask(`${stage.apiUrl}/v1/test_helpers/confirmation_tokens`, {
		method: 'POST',
		headers: {
			authorization: `Bearer ${KEYS.secret}`,
			'stripe-account': seller.account,
			'content-type': 'application/x-www-form-urlencoded'
		},
		body: new URLSearchParams({ payment_method: method }).toString()
	});
	return jsonOf<{ id: string }>(answer)!.id;
}
const methodFor = (dice: Dice, option: Option): string =>
	option.methods.includes('sepa_debit') && (!option.methods.includes('card') || dice.chance(40))
		? dice.weighed(ACCOUNTS)
		: dice.weighed(CARDS);

type Wish = { kinds: string[]; times?: number };
/** Pays an invoice by its link; the same request `times` over at once, over both webs. */
export async function payBy(scene: Scene, bill: Bill, { kinds, times = 1 }: Wish): Promise<void> {
	const { dice, stage } = scene;
	const options = await optionsOf(scene, bill);
	const option = options.find(({ kind }) => kinds.includes(kind)) ?? options.find(({ kind }) => kind === 'now');
	if (!option) return;
	const attemptId = dice.uuid();
	const body = JSON.stringify({
		attemptId,
		confirmationTokenId: await tokenFor(scene, bill.seller, methodFor(dice, option)),
		invoiceIds: [bill.invoiceId],
		option: option.kind,
		expectedAmountMinor: option.due_now_minor
	});
	const from = fromOf(dice);
	const send = (web: string) =>
		tell(scene, times > 1 ? 'pay, the same at once' : `pay ${option.kind}`, `${web}/p/${bill.token}/payer`, {
			method: 'POST',
			from,
			headers: { origin: stage.origin, 'content-type': 'application/json' },
			body
		});
	const answers = await Promise.all(Array.from({ length: times }, (_, i) => send(stage.webs[(i + dice.roll(2)) % 2]!)));
	// A browser that hears nothing asks again with the same words.
	for (let again = 0; again < 2 && answers.every(({ status }) => status === 0 || status >= 500); again++) {
		await pause(400);
		answers.push(await send(webOf(scene)));
	}
	const progress = answers.map((answer) => jsonOf<Progress>(answer)).find((one) => one?.clientSecret);
	if (progress?.status === 'awaiting_auth' && dice.chance(75)) await answerBank(scene, bill, progress);
}
/** The person at their bank: says yes, mostly, and comes back. */
async function answerBank(scene: Scene, bill: Bill, { attemptId, clientSecret }: Progress): Promise<void> {
	const { stage, dice } = scene;
	const intent = `${stage.apiUrl}/v1/payment_intents/${clientSecret!.split('_secret_')[0]}`;
	const headers = { authorization: `Bearer ${KEYS.publishable}`, 'stripe-account': bill.seller.account };
	const read = await ask(`${intent}?client_secret=${clientSecret}`, { headers });
	const action = jsonOf<{ next_action?: { use_stripe_sdk?: { id?: string }; redirect_to_url?: { url: string } } }>(
		read
	)?.next_action;
	const challenge =
		action?.use_stripe_sdk?.id ?? new URL(action?.redirect_to_url?.url ?? 'http://x').searchParams.get('challenge');
	if (!challenge) return;
	await pause(dice.roll(1500));
	await ask(`${intent}/challenge`, {
		method: 'POST',
		headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
		body: new URLSearchParams({ client_secret: clientSecret!, challenge, accepted: String(dice.chance(80)) }).toString()
	});
	if (dice.chance(70))
		await tell(scene, 'back from the bank', `${webOf(scene)}/p/${bill.token}/essai/${attemptId}`, {
			method: 'POST',
			headers: { origin: stage.origin }
		});
}

/** Two or three open invoices of one client in one go, from the client's area. */
export async function paySeveral(scene: Scene): Promise<void> {
	const { dice, world, stage } = scene;
	const first = dice.one(world.bills);
	const bills = world.bills.filter(({ client }) => client.contactId === first.client.contactId).slice(-3);
	const priced = await Promise.all(
		bills.map(async (bill) => ({ bill, option: (await optionsOf(scene, bill)).find(({ kind }) => kind === 'now') }))
	);
	const payable = priced.flatMap(({ bill, option }) =>
		option ? [{ bill, amount: Number(option.due_now_minor) }] : []
	);
	if (payable.length < 2) return;
	const cookie = await cookieOf(scene, 'contact', first.seller.supplierId, first.client.contactId);
	await tell(scene, 'pay several', `${webOf(scene)}/portail/paiement`, {
		method: 'POST',
		from: fromOf(dice),
		headers: { cookie, origin: stage.origin, 'content-type': 'application/json' },
		body: JSON.stringify({
			attemptId: dice.uuid(),
			confirmationTokenId: await tokenFor(scene, first.seller, dice.weighed(dice.chance(30) ? ACCOUNTS : CARDS)),
			invoiceIds: payable.map(({ bill }) => bill.invoiceId),
			option: 'now',
			expectedAmountMinor: String(payable.reduce((sum, { amount }) => sum + amount, 0))
		})
	});
}
