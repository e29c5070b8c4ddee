// The mails of a plan by SEPA that breaks, read in their order: each says what happened, how much and what comes next, and announces nothing that won't happen.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from 'drizzle-orm';
import { formatDay } from '#lib/domain/calendar/format.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { openDispute } from '#sandbox/stripe/reversals.ts';
import {
	anInvoice,
	anOffer,
	aPayer,
	aSupplier,
	instalments,
	pay,
	type Cast,
	type Payer
} from '../../builders/parties.ts';
import { stageOf } from '../../builders/stage.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
	payer = await aPayer(house.services, cast);
	await anOffer(house.services, cast, { discount: null, instalments: instalments() });
});
afterAll(() => house.close());

const { inDays, live } = stageOf(() => ({ house, cast }));
const dayText = (days: number) => formatDay(inDays(days), 'fr');
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');
let seen = 0;
/** What the payer got since the last look. */
function news(): { subject: string; text: string }[] {
	const mails = house.world.mailbox.mails.slice(seen).filter((one) => one.to.includes(payer.email));
	seen = house.world.mailbox.mails.length;
	return mails.map(({ subject, text }) => ({ subject: plain(subject), text: plain(text) }));
}
async function plan(): Promise<string> {
	const invoiceId = await anInvoice(house.services, cast, {}, { issuedOn: inDays(0), dueOn: inDays(30) });
	expect(
		await pay(house.services, payer, [invoiceId], 40_000, { option: 'plan_3', method: 'pm_success_fr' })
	).toMatchObject({ ok: true });
	await house.drain();
	return invoiceId;
}

test('a part is sent back as not authorised: one mail says so, nothing more is announced on that mandate, and the end names the whole rest', async () => {
	const invoiceId = await plan();
	await live(30);
	news();
	const [attempt] = await inScope(house.services.db, cast.system, (tx) =>
		tx.execute<{ intent: string }>(
			sql`select a.stripe_payment_intent_id as intent from payment_attempt a join attempt_part p using (supplier_id, attempt_id)
				join payment_attempt_invoice i using (supplier_id, attempt_id) where i.invoice_id = ${invoiceId} and p.position = 2 order by a.created_at desc limit 1`
		)
	);
	const account = house.world.world.accounts.get('acct_lumen');
	const charge = account?.charges[String(account.payment_intents[attempt?.intent ?? '']?.latest_charge)];
	if (!account || !charge) throw new Error('the second part was not taken');
	openDispute(house.world.world, account, charge, 'debit_not_authorized');
	await live(1);
	const told = news();
	expect(told.map(({ subject }) => subject)).toEqual([expect.stringContaining('n’a pas pu être prélevée')]);
	expect(told[0]?.text).toMatch(/400,00 €/);
	expect(told[0]?.text).toContain('puis votre banque l’a renvoyé');
	expect(told[0]?.text).toContain('avec une autre carte ou un autre compte');
	expect(told[0]?.text).toContain(`Sans règlement d’ici le ${plain(dayText(8))}`);
	await live(10);
	const after = news();
	expect(after.filter(({ subject }) => /seront prélevés/.test(subject))).toEqual([]);
	for (const { text } of after) expect(text).not.toMatch(/Votre banque a refusé|autre carte, ou appelez/);
	const last = after.at(-1);
	expect(last?.subject).toContain('est à régler');
	expect(last?.text).toContain('800,00 €');
});

test('while the supplier’s Stripe can’t be asked nothing is announced, and no bank is said to have refused', async () => {
	await plan();
	await live(2);
	news();
	house.world.world.refusedAccounts = ['acct_lumen'];
	await live(18);
	expect(news().map(({ subject }) => subject)).toEqual([]);
	house.world.world.refusedAccounts = [];
	await live(14);
	const after = news();
	expect(after.map(({ subject }) => subject)).toContainEqual(expect.stringMatching(/Paiement reçu : 400,00/));
	for (const { subject, text } of after) expect(`${subject} ${text}`).not.toMatch(/n’a pas pu|refusé/);
});
