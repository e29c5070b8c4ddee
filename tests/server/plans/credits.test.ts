// A credit note for an invoice in a plan: what is no longer owed is not asked for, and nobody is charged another amount than they were told.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addDays } from '#lib/domain/calendar/civil-date.ts';
import { payableToday } from '#lib/domain/invoices/state.ts';
import { newId } from '#lib/server/identity.ts';
import { importInvoices } from '#lib/server/use-cases/imports/import-invoices.ts';
import { changePlan } from '#lib/server/use-cases/plans/manage-plans.ts';
import { setOffCredits } from '#lib/server/use-cases/invoices/set-off-credits.ts';
import { withdrawInvoices } from '#lib/server/use-cases/invoices/withdraw-invoices.ts';
import { listPayments } from '#lib/server/store/payments.ts';
import { minor } from '#lib/domain/money/minor.ts';
import { requestRefund } from '#lib/server/use-cases/payments/request-refund.ts';
import { settleIntent } from '#lib/server/use-cases/payments/settle-intent.ts';
import { closeDispute, openDispute, refundFails } from '#sandbox/stripe/reversals.ts';
import { readPayView } from '#lib/server/use-cases/payments/read-pay-view.ts';
import { reconcileRecent } from '#lib/server/use-cases/payments/reconcile.ts';
import { readUbl } from '#lib/server/readers/ubl.ts';
import { readCii } from '#lib/server/readers/cii.ts';
import {
	aPayer,
	anInvoice,
	anOffer,
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
let serial = 0;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
	payer = await aPayer(house.services, cast);
	await anOffer(house.services, cast, { discount: null, instalments: instalments() });
});
afterAll(() => house.close());
beforeEach(() => void (house.world.mailbox.mails.length = 0));

const { today, asSystem, invoiceNow, planOf, mailsAbout } = stageOf(() => ({ house, cast }));
async function fresh(): Promise<{ invoiceId: string; number: string }> {
	const number = `AVO-${++serial}`;
	const over = { number, grossMinor: 120_000, issuedOn: today(), dueOn: today() };
	return { invoiceId: await anInvoice(house.services, cast, {}, over), number };
}
/** As the API is told it. */
function creditFile(of: string, grossMinor: number, number: string, issuedOn = today(), client = 'Menuiserie Roche') {
	const net = Math.round(grossMinor / 1.2);
	return {
		number,
		type_code: '381',
		issued_on: issuedOn,
		preceding_number: of,
		client: { name: client },
		net_minor: String(net),
		vat_lines: [{ rate_bps: 2000, base_minor: String(net), vat_minor: String(grossMinor - net) }],
		gross_minor: String(grossMinor)
	};
}
async function importCredits(invoices: ReturnType<typeof creditFile>[]) {
	const bytes = new TextEncoder().encode(JSON.stringify({ invoices }));
	const read = await importInvoices(house.services, cast.owner, [{ name: 'avoir.json', bytes }], { sendMails: false });
	return read.ok ? read.value : [];
}
async function credit(of: string, grossMinor: number, number = `AV-${++serial}`, client = 'Menuiserie Roche') {
	const [line] = await importCredits([creditFile(of, grossMinor, number, today(), client)]);
	return { outcome: line?.outcome, creditId: line?.invoiceId ?? '' };
}
const partsOf = async (id: string) =>
	(await planOf(id)).instalments.map((instalment) => [instalment.status, instalment.amountMinor]);
const begin = async (invoiceId: string, method = 'pm_card_visa') =>
	expect(await pay(house.services, payer, [invoiceId], 40_000, { option: 'plan_3', method })).toMatchObject({
		ok: true
	});
async function live(days: number): Promise<void> {
	await house.advance(days);
	await house.drain();
}
const withdraw = (ids: string[]) =>
	asSystem((tx) => withdrawInvoices(tx, cast.system, ids, house.services.clock.now()));
/** Nothing is owed that no instalment, no debit under way and no choice asks for; no instalment asks for what is not owed. */
async function addsUp(invoiceId: string): Promise<void> {
	const record = await invoiceNow(invoiceId);
	const asked = record.plannedMinor + record.underWayMinor + record.promisedMinor + payableToday(record);
	expect(asked).toBe(record.balanceMinor > 0n ? record.balanceMinor : 0n);
	const open = (await planOf(invoiceId)).instalments.filter((instalment) =>
		['scheduled', 'retrying', 'action_needed'].includes(instalment.status)
	);
	const isRunning = ['active', 'paused'].includes((await planOf(invoiceId)).status);
	if (isRunning) expect(open.reduce((sum, instalment) => sum + instalment.amountMinor, 0n)).toBe(record.plannedMinor);
}
const charged = () =>
	Object.values(house.world.world.accounts.get('acct_lumen')!.payment_intents)
		.filter((intent) => intent.status === 'succeeded')
		.map((intent) => intent.amount);

test('the invoice that a credit note is about is read from UBL and CII; of several, none is guessed', () => {
	const read = (reader: typeof readUbl, file: string, before: string, said: string) => {
		const text = readFileSync(`tests/data/${file}`, 'utf8').replace(before, `${said}${before}`);
		const result = reader(new TextEncoder().encode(text));
		return result.ok ? result.document.preceding : result;
	};
	const ubl = (number: string) =>
		`<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>${number}</cbc:ID><cbc:IssueDate>2026-11-20</cbc:IssueDate></cac:InvoiceDocumentReference></cac:BillingReference>`;
	const cii = (number: string) =>
		`<ram:InvoiceReferencedDocument><ram:IssuerAssignedID>${number}</ram:IssuerAssignedID><ram:FormattedIssueDateTime><qdt:DateTimeString xmlns:qdt="urn:un:unece:uncefact:data:standard:QualifiedDataType:100" format="102">20261120</qdt:DateTimeString></ram:FormattedIssueDateTime></ram:InvoiceReferencedDocument>`;
	const cases: [typeof readUbl, string, string, typeof ubl][] = [
		[readUbl, 'ubl/kosit_01.01a-INVOICE_ubl.xml', '<cac:AccountingSupplierParty>', ubl],
		[readCii, 'cii/mustang_UC11_multi-vendeur.xml', '</ram:ApplicableHeaderTradeSettlement>', cii]
	];
	for (const [reader, file, before, said] of cases) {
		expect(read(reader, file, before, said('NAV-F'))).toEqual({ number: 'NAV-F', issuedOn: '2026-11-20' });
		expect(read(reader, file, before, said('NAV-F') + said('NAV-G'))).toBeNull();
		expect(read(reader, file, before, '')).toBeNull();
	}
});

describe('a plan that runs', () => {
	test('its last part becomes smaller; the client is told the new schedule, and charged it', async () => {
		const { invoiceId, number } = await fresh();
		await begin(invoiceId);
		await house.drain();
		house.world.mailbox.mails.length = 0;
		await credit(number, 30_000, 'AV-A');
		expect(await partsOf(invoiceId)).toEqual([
			['paid', 40_000n],
			['scheduled', 40_000n],
			['scheduled', 10_000n]
		]);
		expect((await invoiceNow(invoiceId)).balanceMinor).toBe(50_000n);
		await addsUp(invoiceId);
		await house.drain();
		const [told] = mailsAbout(/^Un avoir change votre échéancier/);
		expect(told?.text).toContain('100,00');
		const view = await readPayView(house.services, payer.scope, [invoiceId]);
		expect(view.ok && view.value.discounts).toMatchObject([
			{ reason: 'credited', number: 'AV-A', amountMinor: 30_000n }
		]);
		expect(view.ok && view.value.plan?.instalments[2]).toMatchObject({ amountMinor: 10_000n, agreedMinor: 40_000n });
		await live(41);
		expect((await invoiceNow(invoiceId)).balanceMinor).toBe(0n);
		expect(charged().slice(-3)).toEqual([40_000, 40_000, 10_000]);
		expect((await planOf(invoiceId)).status).toBe('completed');
	});
	test('a part announced at the old amount is announced anew before it is taken, never the day it was to be', async () => {
		const { invoiceId, number } = await fresh();
		await begin(invoiceId, 'pm_success_fr');
		await live(15);
		const before = (await planOf(invoiceId)).instalments[1]!;
		expect(before.announcedAt).not.toBeNull();
		house.world.mailbox.mails.length = 0;
		await credit(number, 60_000);
		const [, second, third] = (await planOf(invoiceId)).instalments;
		expect([second!.amountMinor, third!.status]).toEqual([20_000n, 'credited']);
		expect(second!.askOn! > today()).toBe(true);
		house.world.world.offsetMs += 660_000;
		await house.drain();
		const [anew] = mailsAbout(/200,00\s€ seront prélevés le/);
		expect(anew?.text).toContain(number);
		await addsUp(invoiceId);
		await live(5);
		await live(20);
		await reconcileRecent(house.services, 30);
		expect((await invoiceNow(invoiceId)).balanceMinor).toBe(0n);
	});
	test('a debit ordered already stays as it is; of what is left, the rest of the credit note is the client’s', async () => {
		const { invoiceId, number } = await fresh();
		await begin(invoiceId, 'pm_success_fr');
		await live(17);
		expect((await planOf(invoiceId)).instalments[1]!.status).toBe('processing');
		const { creditId } = await credit(number, 70_000);
		expect(await partsOf(invoiceId)).toEqual([
			['paid', 40_000n],
			['processing', 40_000n],
			['credited', 0n]
		]);
		await addsUp(invoiceId);
		expect((await invoiceNow(creditId)).balanceMinor).toBe(-30_000n);
		await live(14);
		await reconcileRecent(house.services, 30);
		expect((await invoiceNow(invoiceId)).balanceMinor).toBe(0n);
		expect((await planOf(invoiceId)).status).toBe('completed');
	});
	test('for the whole and more: the plan is over, nothing more is taken, and the excess stays the client’s', async () => {
		const { invoiceId, number } = await fresh();
		await begin(invoiceId);
		const before = charged().length;
		const { creditId } = await credit(number, 120_000);
		expect((await planOf(invoiceId)).status).toBe('completed');
		expect(await partsOf(invoiceId)).toEqual([
			['paid', 40_000n],
			['credited', 0n],
			['credited', 0n]
		]);
		expect([(await invoiceNow(invoiceId)).balanceMinor, (await invoiceNow(creditId)).balanceMinor]).toEqual([
			0n,
			-40_000n
		]);
		await house.drain();
		expect(mailsAbout(/^Un avoir change/)[0]?.text).toContain('Plus aucune échéance');
		await live(45);
		expect(charged()).toHaveLength(before);
	});
	test('twice the same credit note counts once', async () => {
		const { invoiceId, number } = await fresh();
		await begin(invoiceId);
		await credit(number, 10_000, 'AV-TWICE');
		expect(await credit(number, 10_000, 'AV-TWICE')).toMatchObject({ outcome: 'identical' });
		await setOffCredits(house.services);
		await setOffCredits(house.services);
		expect((await invoiceNow(invoiceId)).balanceMinor).toBe(70_000n);
		await addsUp(invoiceId);
	});
	test('its import is undone: the parts are what was agreed again, told before they are taken; what was paid meanwhile is owed beside', async () => {
		const { invoiceId, number } = await fresh();
		await begin(invoiceId);
		const { creditId } = await credit(number, 60_000);
		await house.drain();
		house.world.mailbox.mails.length = 0;
		expect(await withdraw([creditId])).toEqual([]);
		expect(await partsOf(invoiceId)).toEqual([
			['paid', 40_000n],
			['scheduled', 40_000n],
			['scheduled', 40_000n]
		]);
		await addsUp(invoiceId);
		await house.drain();
		expect(mailsAbout(/^Un avoir change/)).toHaveLength(1);
		// Again, and the lowered part is paid before it is taken back.
		const again = await credit(number, 60_000);
		await live(21);
		expect(await partsOf(invoiceId)).toMatchObject([
			['paid', 40_000n],
			['paid', 20_000n],
			['credited', 0n]
		]);
		expect((await planOf(invoiceId)).status).toBe('completed');
		expect(await withdraw([again.creditId])).toEqual([]);
		expect((await planOf(invoiceId)).status).toBe('active');
		expect(await partsOf(invoiceId)).toMatchObject([
			['paid', 40_000n],
			['paid', 20_000n],
			['scheduled', 40_000n]
		]);
		const after = await invoiceNow(invoiceId);
		expect([after.balanceMinor, after.plannedMinor, payableToday(after)]).toEqual([60_000n, 40_000n, 20_000n]);
		await addsUp(invoiceId);
	});
	test('an invoice that a credit note has lowered is not withdrawn alone', async () => {
		const { invoiceId, number } = await fresh();
		const { creditId } = await credit(number, 20_000);
		expect(await withdraw([invoiceId])).toEqual([number]);
		expect(await withdraw([invoiceId, creditId])).toEqual([]);
	});
});

test('somebody is paying the whole of it: the credit note waits, and is set off once that came to nothing', async () => {
	const { invoiceId, number } = await fresh();
	const attemptId = newId();
	const method = 'pm_card_authenticationRequired';
	expect(await pay(house.services, payer, [invoiceId], 120_000, { attemptId, method })).toMatchObject({
		value: { status: 'awaiting_auth' }
	});
	await credit(number, 30_000);
	expect((await invoiceNow(invoiceId)).balanceMinor).toBe(120_000n);
	await live(3);
	expect((await invoiceNow(invoiceId)).balanceMinor).toBe(90_000n);
	// What the page showed before is not taken any more.
	expect(await pay(house.services, payer, [invoiceId], 120_000)).toMatchObject({ refusal: { code: 'amount_changed' } });
	expect(await pay(house.services, payer, [invoiceId], 90_000)).toMatchObject({ value: { status: 'paid' } });
});

test('a last part of less than can be charged is not waited for: it is owed beside the plan, and nothing is announced', async () => {
	const { invoiceId, number } = await fresh();
	await begin(invoiceId);
	await credit(number, 79_970);
	expect(await partsOf(invoiceId)).toEqual([
		['paid', 40_000n],
		['canceled', 30n],
		['credited', 0n]
	]);
	expect((await planOf(invoiceId)).status).toBe('completed');
	const record = await invoiceNow(invoiceId);
	expect([record.plannedMinor, payableToday(record)]).toEqual([0n, 30n]);
	house.world.mailbox.mails.length = 0;
	await live(25);
	expect(charged()).not.toContain(30);
	expect(house.world.mailbox.mails.filter((mail) => /0,30/.test(mail.text) && /prélev/.test(mail.subject))).toEqual([]);
});

test('a part that is at its bank’s page when the plan is ended: the credit note waits for it, and takes what is left', async () => {
	const { invoiceId, number } = await fresh();
	await begin(invoiceId);
	const { planId } = await planOf(invoiceId);
	const asked = { option: 'next_part' as const, method: 'pm_card_authenticationRequired' };
	expect(await pay(house.services, payer, [invoiceId], 40_000, asked)).toMatchObject({
		value: { status: 'awaiting_auth' }
	});
	expect(await changePlan(house.services, cast.owner, planId, 'end')).toMatchObject({ ok: true });
	const { creditId } = await credit(number, 80_000);
	expect([(await invoiceNow(invoiceId)).balanceMinor, (await invoiceNow(creditId)).balanceMinor]).toEqual([
		80_000n,
		-80_000n
	]);
	// The bank’s question is left unanswered: then nothing stands in its way.
	await live(3);
	await setOffCredits(house.services);
	expect((await invoiceNow(invoiceId)).balanceMinor).toBe(0n);
});

test('credit notes that wait, however many, keep none from being set off', async () => {
	const { invoiceId, number } = await fresh();
	const method = 'pm_card_authenticationRequired';
	expect(await pay(house.services, payer, [invoiceId], 120_000, { method })).toMatchObject({ ok: true });
	for (let file = 0; file < 2; file++) {
		const invoices = Array.from({ length: 251 }, () => creditFile(number, 12, `AV-${++serial}`, addDays(today(), -1)));
		expect(await importCredits(invoices)).toHaveLength(251);
	}
	await credit('AVO-BEHIND', 20_000);
	const over = { number: 'AVO-BEHIND', issuedOn: today(), dueOn: today() };
	const behind = await anInvoice(house.services, cast, {}, over);
	await setOffCredits(house.services);
	expect((await invoiceNow(behind)).balanceMinor).toBe(100_000n);
	expect((await invoiceNow(invoiceId)).balanceMinor).toBe(120_000n);
});

test('another client’s invoice of the same number is left alone; a credit note that came before its invoice is set off when that comes', async () => {
	const { invoiceId, number } = await fresh();
	await credit(number, 10_000, undefined, 'Quelqu’un d’autre');
	await setOffCredits(house.services);
	expect((await invoiceNow(invoiceId)).balanceMinor).toBe(120_000n);
	await credit('AVO-LATER', 20_000);
	const over = { number: 'AVO-LATER', issuedOn: today(), dueOn: today() };
	const later = await anInvoice(house.services, cast, {}, over);
	await setOffCredits(house.services);
	expect((await invoiceNow(later)).balanceMinor).toBe(100_000n);
});

/** Money of an invoice that goes back and comes back, as its supplier and the banks have it. */
function reversalsOf(invoiceId: string) {
	const { world } = house.world;
	const account = world.accounts.get('acct_lumen')!;
	const before = new Set([
		...Object.keys(account.charges),
		...Object.keys(account.refunds),
		...Object.keys(account.disputes)
	]);
	const last = <T extends { id: string }>(rows: Record<string, T>, which: (row: T) => boolean): T | undefined =>
		Object.values(rows).findLast((row) => !before.has(row.id) && which(row));
	return async (kind: 'refund' | 'refund_fails' | 'dispute' | 'won' | 'won_in_part' | 'lost'): Promise<void> => {
		const charge = last(account.charges, (row) => row.status === 'succeeded' && !row.refunded && !row.disputed);
		const dispute = last(account.disputes, (row) => row.status === 'needs_response');
		if (kind === 'refund') {
			const [payment] = await asSystem((tx) => listPayments(tx, cast.system, { invoiceId }));
			const amountMinor = payment && minor(payment.amountMinor - payment.reversedMinor);
			// Refused where the bank has taken it, or a debit is too young: then nothing has happened.
			if (amountMinor)
				await requestRefund(house.services, cast.owner, {
					refundRequestId: newId(),
					paymentId: payment.paymentId,
					amountMinor
				});
		} else if (kind === 'refund_fails') {
			const refund = last(account.refunds, (row) => row.status !== 'failed');
			if (refund) refundFails(world, account, refund);
		} else if (kind === 'dispute') {
			if (charge) openDispute(world, account, charge, 'fraudulent');
		} else if (dispute)
			closeDispute(
				world,
				account,
				dispute,
				kind === 'lost' ? 'lost' : 'won',
				kind === 'won_in_part' ? 15_000 : undefined
			);
		for (const intent of Object.values(account.payment_intents))
			if (intent.latest_charge && !before.has(intent.latest_charge as string))
				await settleIntent(house.services, cast.system, { account: 'acct_lumen', intentId: intent.id });
	};
}
test('whatever happens to a plan and in whatever order, its parts to come are what its invoice still owes', async () => {
	const step = fc.oneof(
		fc.record({ kind: fc.constant('credit' as const), amount: fc.integer({ min: 1, max: 90_000 }) }),
		fc.record({ kind: fc.constant('undo' as const) }),
		fc.record({ kind: fc.constant('days' as const), count: fc.integer({ min: 1, max: 12 }) }),
		fc.record({ kind: fc.constant('pay' as const) }),
		fc.record({ kind: fc.constantFrom('refund' as const, 'refund_fails' as const, 'dispute' as const) }),
		fc.record({ kind: fc.constantFrom('won' as const, 'won_in_part' as const, 'lost' as const) })
	);
	// Money that comes back once its payer has paid again: by chance alone it would hardly ever be tried.
	const paidTwice = fc
		.constantFrom(['refund', 'refund_fails'] as const, ['dispute', 'won'] as const, ['dispute', 'won_in_part'] as const)
		.map(([gone, back]) => [{ kind: gone }, { kind: 'pay' as const }, { kind: back }]);
	await fc.assert(
		fc.asyncProperty(
			fc.constantFrom('pm_card_visa', 'pm_success_fr'),
			fc.array(
				fc.oneof(
					step.map((one) => [one]),
					paidTwice
				),
				{ minLength: 3, maxLength: 6 }
			),
			async (method, steps) => {
				const { invoiceId, number } = await fresh();
				const reversals = reversalsOf(invoiceId);
				await begin(invoiceId, method);
				const credits: string[] = [];
				for (const one of steps.flat()) {
					if (one.kind === 'credit') credits.push((await credit(number, one.amount)).creditId);
					else if (one.kind === 'undo') {
						const last = credits.pop();
						if (last) await withdraw([last]);
					} else if (one.kind === 'days') await live(one.count);
					else if (one.kind === 'pay') {
						const view = await readPayView(house.services, payer.scope, [invoiceId]);
						const next = view.ok ? view.value.options[0] : undefined;
						if (next) await pay(house.services, payer, [invoiceId], Number(next.dueNowMinor), { option: next.kind });
					} else await reversals(one.kind);
					await addsUp(invoiceId);
				}
			}
		),
		{ numRuns: 12, seed: 20_261_126 }
	);
	// By credit notes and by money, each of them.
	const counts = await asSystem((tx) =>
		tx.execute<{ lowered: string; credited: string }>(
			sql`select (select count(*) from plan_part_lowered)::text as lowered, (select count(*) from credit_use_part)::text as credited`
		)
	);
	for (const count of Object.values(counts[0]!)) expect(Number(count)).toBeGreaterThan(2);
	const entries = await asSystem((tx) =>
		tx.execute<{ off: string }>(sql`select coalesce(sum(debit_minor - credit_minor), 0)::text as off from journal_line`)
	);
	expect(entries[0]?.off).toBe('0');
});
