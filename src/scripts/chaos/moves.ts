// What people and banks do, over HTTP as their browsers and programs would: each move decides from its own dice, asks whichever web process it likes, and
// lives with any answer or none.
import { ask, jsonOf, pause, type Answer, type Asking } from './ask.ts';
import type { Dice } from './dice.ts';
import { KEYS, type Stage } from './stage.ts';
import { addBills, clockOf, type Bill, type Seller, type World } from './world.ts';

export type Scene = { stage: Stage; world: World; dice: Dice; count: (what: string) => void };
type Option = { kind: string; due_now_minor: string; methods: string[] };
type Progress = { attemptId: string; status: string; clientSecret: string | null };

const CARDS = [
	[60, 'pm_card_visa'],
	[8, 'pm_card_visa_chargeDeclinedInsufficientFunds'],
	[8, 'pm_card_threeDSecure2Required'],
	[5, 'pm_card_createDispute'],
	[4, 'pm_card_refundFail'],
	[4, 'pm_card_pendingRefund']
] as const;
const ACCOUNTS = [
	[60, 'pm_success_fr'],
	[12, 'pm_insufficientFunds_fr'],
	[12, 'pm_disputed_fr'],
	[8, 'pm_failed_fr']
] as const;

const webOf = ({ stage, dice }: Scene): string => dice.one(stage.webs);
const fromOf = (dice: Dice): string => `127.0.${1 + dice.roll(50)}.${1 + dice.roll(200)}`;
async function tell(scene: Scene, what: string, url: string, asking: Asking): Promise<Answer> {
	const answer = await ask(url, asking);
	scene.count(answer.status ? what : `${what}, no answer`);
	return answer;
}

/** What the invoice may be paid with today, as its supplier's software reads it. */
async function optionsOf(scene: Scene, bill: Bill): Promise<Option[]> {
	const answer = await tell(scene, 'read', `${webOf(scene)}/api/v1/invoices/${bill.invoiceId}`, {
		headers: { authorization: `Bearer ${bill.seller.apiKey}` }
	});
	return (answer.status === 200 && jsonOf<{ options: Option[] }>(answer)?.options) || [];
}
/** At Stripe, as the browser makes one. */
async function tokenFor({ stage }: Scene, seller: Seller, method: string): Promise<string> {
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
async function payBy(scene: Scene, bill: Bill, { kinds, times = 1 }: Wish): Promise<void> {
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

/** Signs in as somebody of the demo; '' when nobody answers. */
async function cookieOf(scene: Scene, kind: 'member' | 'contact', supplierId: string, id: string): Promise<string> {
	const answer = await ask(`${webOf(scene)}/demo/entrer/${kind}.${supplierId}.${id}`, { headers: { cookie: 'any=1' } });
	return (answer.headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0]).join('; ');
}
const asMember = (scene: Scene, { supplierId, memberId }: Seller): Promise<string> =>
	cookieOf(scene, 'member', supplierId, memberId);
function post(scene: Scene, what: string, at: string, cookie: string, fields: [string, string][]): Promise<Answer> {
	return tell(scene, what, `${webOf(scene)}${at}`, {
		method: 'POST',
		headers: {
			cookie,
			origin: scene.stage.origin,
			accept: 'application/json',
			'x-sveltekit-action': 'true',
			'content-type': 'application/x-www-form-urlencoded'
		},
		body: new URLSearchParams(fields).toString()
	});
}

/** Two or three open invoices of one client in one go, from the client's area. */
async function paySeveral(scene: Scene): Promise<void> {
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

async function refund(scene: Scene): Promise<void> {
	const { dice, world } = scene;
	const seller = dice.one(world.sellers);
	const payments = await world.sql<{ payment_id: string; amount_minor: string }[]>`
		select payment_id, amount_minor from payment where supplier_id = ${seller.supplierId} and stripe_payment_intent_id is not null order by paid_at`;
	if (!payments.length) return;
	const { payment_id, amount_minor } = dice.one(payments);
	const minor = dice.chance(40) ? Number(amount_minor) : 1 + dice.roll(Number(amount_minor));
	// What the person saw given back or asked for, before the screen was sent.
	const [seen] = await world.sql<{ minor: string }[]>`
		select coalesce((select sum(case when kind in ('refund_failed', 'chargeback_won') then -amount_minor else amount_minor end) from reversal where payment_id = ${payment_id}), 0)
			+ coalesce((select sum(amount_minor) from refund_request where payment_id = ${payment_id} and status = 'open'), 0) as minor`;
	const fields: [string, string][] = [
		['refundRequestId', dice.uuid()],
		['montant', `${Math.floor(minor / 100)},${String(minor % 100).padStart(2, '0')}`],
		['sens', dice.one(['returned', 'goodwill', 'error'])],
		['motif', 'chaos'],
		['vu', seen!.minor]
	];
	const cookie = await asMember(scene, seller);
	const send = () => post(scene, 'refund', `/admin/paiements/${payment_id}?/rembourser`, cookie, fields);
	if (dice.chance(25)) await Promise.all([send(), send(), send()]);
	else if ((await send()).status === 0) await send();
}
/** At Stripe's dashboard, without the product. */
async function refundElsewhere({ dice, world, stage, count }: Scene): Promise<void> {
	const rows = await world.sql<{ intent: string; amount: string; account: string }[]>`
		select p.stripe_payment_intent_id as intent, p.amount_minor as amount, a.stripe_account as account
		from payment p join payment_attempt a using (supplier_id, attempt_id) where p.stripe_payment_intent_id is not null order by p.paid_at`;
	if (!rows.length) return;
	const { intent, amount, account } = dice.one(rows);
	await ask(`${stage.apiUrl}/v1/refunds`, {
		method: 'POST',
		headers: {
			authorization: `Bearer ${KEYS.secret}`,
			'stripe-account': account,
			'content-type': 'application/x-www-form-urlencoded'
		},
		body: new URLSearchParams({ payment_intent: intent, amount: String(1 + dice.roll(Number(amount))) }).toString()
	});
	count('refund at the dashboard');
}
async function takenBack({ dice, world, stage, count }: Scene): Promise<void> {
	const rows = await world.sql<{ intent: string }[]>`
		select p.stripe_payment_intent_id as intent from payment p where p.stripe_payment_intent_id is not null order by p.paid_at`;
	if (!rows.length) return;
	await stage.lever('POST', '/trigger', {
		type: dice.one(['dispute', 'dispute', 'refund_fail']),
		id: dice.one(rows).intent
	});
	count('dispute or return');
}
async function methodChanges({ dice, world, stage, count }: Scene): Promise<void> {
	const rows = await world.sql<{ id: string }[]>`select stripe_payment_method_id as id from saved_method order by 1`;
	if (!rows.length) return;
	await stage.lever('POST', '/trigger', {
		type: dice.one(['card_expire', 'mandate_revoke', 'automatically_updated']),
		id: dice.one(rows).id
	});
	count('a means of payment changes');
}

/** A statement with a transfer for an invoice, or two; what is certain is accepted, or one by hand; at times undone. */
async function transfer(scene: Scene, bill: Bill): Promise<void> {
	const { dice, stage, world } = scene;
	const { seller } = bill;
	const day = new Date((await clockOf(() => webOf(scene))) ?? Date.now()).toISOString().slice(0, 10);
	const minor = dice.chance(80) ? bill.grossMinor : 1 + dice.roll(bill.grossMinor * 2);
	const rows = `Date;Libellé;Tiers;Montant\n${day};VIR FACTURE ${bill.number};${bill.client.name};${Math.floor(minor / 100)},${String(minor % 100).padStart(2, '0')}\n`;
	const cookie = await asMember(scene, seller);
	const edge = '----chaos';
	await tell(scene, 'statement', `${webOf(scene)}/admin/banque?/deposer`, {
		method: 'POST',
		headers: {
			cookie,
			origin: stage.origin,
			accept: 'application/json',
			'x-sveltekit-action': 'true',
			'content-type': `multipart/form-data; boundary=${edge}`
		},
		body: `--${edge}\r\ncontent-disposition: form-data; name="fichiers"; filename="releve-${dice.uuid()}.csv"\r\ncontent-type: text/csv\r\n\r\n${rows}\r\n--${edge}--\r\n`
	});
	const entries = await world.sql<
		{ id: string }[]
	>`select bank_entry_id as id from bank_entry where supplier_id = ${seller.supplierId} and state = 'waiting' order by booked_on`;
	if (!entries.length) return;
	const fields = entries.map(({ id }): [string, string] => ['mouvement', id]);
	const accept = () => post(scene, 'accept transfers', '/admin/banque?/certains', cookie, fields);
	if (dice.chance(30)) await Promise.all([accept(), accept()]);
	else await accept();
	if (dice.chance(30))
		await post(scene, 'accept a transfer', '/admin/banque?/accepter', cookie, [
			['mouvement', dice.one(entries).id],
			['choix', `pay:${bill.invoiceId}`]
		]);
	if (dice.chance(15))
		await post(scene, 'undo a transfer', '/admin/banque?/annuler', cookie, [['mouvement', dice.one(entries).id]]);
}

async function plans(scene: Scene): Promise<void> {
	const { dice, world } = scene;
	const seller = dice.one(world.sellers);
	const rows = await world.sql<
		{ plan_id: string; count: number }[]
	>`select plan_id, count from plan where supplier_id = ${seller.supplierId} and status in ('active', 'paused', 'in_default') order by created_at`;
	if (!rows.length) return;
	const { plan_id, count } = dice.one(rows);
	const what = dice.weighed([
		[4, 'abandonner'],
		[2, 'suspendre'],
		[3, 'reprendre'],
		[1, 'arreter']
	]);
	await post(scene, `plan ${what}`, `/admin/echeanciers?/${what}`, await asMember(scene, seller), [
		['plan', plan_id],
		['echeance', String(1 + dice.roll(count))]
	]);
}

export const MOVES: readonly (readonly [weight: number, run: (scene: Scene) => Promise<unknown>])[] = [
	[22, (scene) => payBy(scene, scene.dice.one(scene.world.bills), { kinds: ['now', 'all_parts'] })],
	[12, (scene) => payBy(scene, scene.dice.one(scene.world.bills), { kinds: ['early'] })],
	[16, (scene) => payBy(scene, scene.dice.one(scene.world.bills), { kinds: ['plan_2', 'plan_3', 'next_part'] })],
	[8, (scene) => payBy(scene, scene.dice.one(scene.world.bills), { kinds: ['early', 'plan_3', 'now'], times: 5 })],
	// Two people at once, each with a try of their own.
	[
		8,
		({ dice, ...scene }) => {
			const bill = dice.one(scene.world.bills);
			return Promise.all(
				[1, 2].map(() => payBy({ ...scene, dice }, bill, { kinds: [dice.one(['now', 'early', 'plan_2'])] }))
			);
		}
	],
	[6, paySeveral],
	[9, (scene) => transfer(scene, scene.dice.one(scene.world.bills))],
	// A card and a transfer for the same invoice.
	[
		6,
		(scene) => {
			const bill = scene.dice.one(scene.world.bills);
			return Promise.all([payBy(scene, bill, { kinds: ['now'] }), transfer(scene, bill)]);
		}
	],
	[9, refund],
	[3, refundElsewhere],
	[5, takenBack],
	[2, methodChanges],
	[5, plans],
	[
		9,
		(scene) =>
			addBills(scene.world, () => webOf(scene), scene.dice, scene.dice.one(scene.world.sellers), 1 + scene.dice.roll(4))
	]
];
