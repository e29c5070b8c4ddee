// What suppliers, their banks and the dashboard of Stripe do.
import { ask, pause } from './ask.ts';
import { asMember, post, tell, webOf, type Scene } from './scene.ts';
import { KEYS } from './stage.ts';
import { clockOf, importByApi, type Bill } from './world.ts';

export async function refund(scene: Scene): Promise<void> {
	const { dice, world } = scene;
	const seller = dice.one(world.sellers);
	const payments = await world.sql<{ payment_id: string; amount_minor: string }[]>`
		select payment_id, amount_minor from payment where supplier_id = ${seller.supplierId} and stripe_payment_intent_id is not null order by paid_at`;
	if (!payments.length) return;
	const { payment_id, amount_minor } = dice.one(payments);
	const minor = dice.chance(40) ? Number(amount_minor) : 1 + dice.roll(Number(amount_minor));
	// What the person saw given back or asked for, before the screen was sent.
	const [seen] = await world.sql<{ minor: string }[]>`
		select coalesce((select sum(case when kind in ('refund_failed', 'chargeback_won', 'refund_unsaid') then -amount_minor else amount_minor end) from reversal where payment_id = ${payment_id}), 0)
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
export async function refundElsewhere({ dice, world, stage, count }: Scene): Promise<void> {
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
export async function takenBack({ dice, world, stage, count }: Scene): Promise<void> {
	const rows = await world.sql<{ intent: string }[]>`
		select p.stripe_payment_intent_id as intent from payment p where p.stripe_payment_intent_id is not null order by p.paid_at`;
	if (!rows.length) return;
	await stage.lever('POST', '/trigger', {
		type: dice.one(['dispute', 'dispute', 'refund_fail']),
		id: dice.one(rows).intent
	});
	count('dispute or return');
}
export async function methodChanges({ dice, world, stage, count }: Scene): Promise<void> {
	const rows = await world.sql<{ id: string }[]>`select stripe_payment_method_id as id from saved_method order by 1`;
	if (!rows.length) return;
	await stage.lever('POST', '/trigger', {
		type: dice.one(['card_expire', 'mandate_revoke', 'automatically_updated']),
		id: dice.one(rows).id
	});
	count('a means of payment changes');
}

/** A statement with a transfer for an invoice, or two; what is certain is accepted, or one by hand; at times undone. */
export async function transfer(scene: Scene, bill: Bill): Promise<void> {
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

export async function plans(scene: Scene): Promise<void> {
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

/** Another account at Stripe from now on, or the former one again, by the operator's SQL; what is under way stays where it was asked. */
export async function changeAccount({ dice, world, count }: Scene): Promise<void> {
	const seller = dice.one(world.sellers);
	const [account, other] = [seller.otherAccount, seller.account];
	await world.sql`update supplier set stripe_account = ${account} where supplier_id = ${seller.supplierId}`;
	Object.assign(seller, { account, otherAccount: other });
	count('another account at Stripe');
}

/** For a part of an invoice or the whole, whatever has become of it by then; at times undone again. */
export async function creditNote(scene: Scene, bill: Bill): Promise<void> {
	const { dice } = scene;
	const { seller } = bill;
	const today = new Date((await clockOf(() => webOf(scene))) ?? Date.now()).toISOString().slice(0, 10);
	const gross = dice.chance(40) ? bill.grossMinor : 1 + dice.roll(bill.grossMinor);
	const net = Math.round(gross / 1.2);
	const body = JSON.stringify({
		invoices: [
			{
				number: `AV-${bill.number}-${dice.roll(1_000_000)}`,
				type_code: '381',
				issued_on: today,
				preceding_number: bill.number,
				client: { name: bill.client.name },
				net_minor: String(net),
				vat_lines: [{ rate_bps: 2000, base_minor: String(net), vat_minor: String(gross - net) }],
				gross_minor: String(gross)
			}
		]
	});
	const asked = { key: dice.uuid(), body, inBackground: dice.chance(50) };
	const send = () => importByApi(() => webOf(scene), seller, asked);
	const [answer] = dice.chance(25) ? await Promise.all([send(), send()]) : [await send()];
	scene.count(answer.isTaken ? 'credit note' : 'credit note, no answer');
	if (!answer.importId || !dice.chance(50)) return;
	await pause(dice.roll(4000));
	await tell(scene, 'undo a credit note', `${webOf(scene)}/api/v1/imports/${answer.importId}/undo`, {
		method: 'POST',
		headers: { authorization: `Bearer ${seller.apiKey}` }
	});
}
