// A supplier who left an account at Stripe that was disconnected since: its tries, what is said of them, and the account that comes back.
import { sql } from 'drizzle-orm';
import { afterAll, beforeEach, expect } from 'vitest';
import { civilDateIn } from '#lib/domain/calendar/civil-date.ts';
import { required } from '#lib/domain/required.ts';
import { newId } from '#lib/server/identity.ts';
import { findAttempt } from '#lib/server/store/attempts.ts';
import { findInvoice } from '#lib/server/store/invoices.ts';
import type { Tx } from '#lib/server/store/database.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { checkDeclaredOutcomes } from '#lib/server/use-cases/payments/check-declared-outcomes.ts';
import { declareOutcome, type Answer, type DeclareInput } from '#lib/server/use-cases/payments/declare-outcome.ts';
import { changeStripeAccount } from '#lib/server/use-cases/suppliers/change-payee.ts';
import { readAdminInvoice } from '#lib/server/use-cases/suppliers/read-invoices.ts';
import { openHouse, type TestHouse } from '../setup/house.ts';
import { anInvoice, aPayer, aSupplier, pay, type Cast, type Payer } from './parties.ts';

export const DEBIT = 'pm_success_fr';
export const NOT_PAID: Answer = { outcome: 'not_paid' };
export type Attempted = { invoiceId: string; attemptId: string };

/** Each pass looks at every supplier of a house: a house that fills up makes each of its tests dearer than the one before. */
const TESTS_PER_HOUSE = 4;

/** A supplier with two accounts of its own for each test of a file, in a house that a few of them share. */
export function cutOffStage() {
	const at = {} as { house: TestHouse; cast: Cast; payer: Payer; former: string; today: string };
	let serial = 0;
	afterAll(() => at.house.close());
	beforeEach(async () => {
		if (serial % TESTS_PER_HOUSE === 0) {
			if (serial) await at.house.close();
			const numbers = Array.from({ length: TESTS_PER_HOUSE }, (_, i) => serial + 1 + i);
			at.house = await openHouse(['acct_stranger', ...numbers.flatMap((i) => [`acct_former${i}`, `acct_today${i}`])]);
		}
		serial += 1;
		[at.former, at.today] = [`acct_former${serial}`, `acct_today${serial}`];
		Object.assign(world(), { refusedKeys: [], refusedAccounts: [], faults: [] });
		at.house.world.mailbox.mails.length = 0;
		at.cast = await aSupplier(at.house.services, at.former, `Lumen ${serial}`);
		at.payer = await aPayer(at.house.services, at.cast, `paul${serial}@roche.example`);
	});
	const world = () => at.house.world.world;
	const asSystem = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => inScope(at.house.services.db, at.cast.system, work);
	const day = () => civilDateIn(at.house.services.clock.now(), 'Europe/Paris');
	const formerObjects = () => required(world().accounts.get(at.former), 'account');
	const attemptOf = async (id: string) =>
		required(await asSystem((tx) => findAttempt(tx, at.cast.system, id)), 'attempt');
	async function open(): Promise<Attempted & { number: string }> {
		const number = `S-${newId().slice(-8)}`;
		const dates = { number, issuedOn: day(), dueOn: day() };
		return { invoiceId: await anInvoice(at.house.services, at.cast, {}, dates), attemptId: newId(), number };
	}
	async function begun(
		method: string,
		{ lost = false, fails = false } = {}
	): Promise<Attempted & { intentId: string; number: string }> {
		const { invoiceId, attemptId, number } = await open();
		const match = { method: 'POST', path: '^/v1/payment_intents$' };
		if (lost) world().faults.push({ id: 'f', match, do: { drop: 'after' }, seen: 0 });
		await pay(at.house.services, at.payer, [invoiceId], 120_000, { method, attemptId, account: at.former });
		world().faults = [];
		const made = Object.values(formerObjects().payment_intents);
		const intent = required(
			made.find((one) => one.metadata.attempt_id === attemptId),
			'intent'
		);
		if (fails) Object.assign(intent, { status: 'canceled' });
		return { invoiceId, attemptId, intentId: intent.id, number };
	}
	/** Long enough for silent accounts to be asked again. */
	const pass = async (minutes = 3) => {
		world().offsetMs += minutes * 60_000;
		await at.house.drain();
	};
	return {
		at,
		world,
		asSystem,
		day,
		formerObjects,
		attemptOf,
		open,
		begun,
		pass,
		intentOf: (intentId: string) => required(formerObjects().payment_intents[intentId], 'intent'),
		balanceOf: async (id: string) => (await asSystem((tx) => findInvoice(tx, at.cast.system, id)))?.balanceMinor,
		/** Each account's balance in the journal, in cents; of 511 by account at Stripe. */
		books: async (): Promise<Record<string, number>> => {
			const rows = await asSystem((tx) =>
				tx.execute<{ account: string; minor: number }>(sql`
					select case l.account when '511' then '511 ' || e.stripe_account else l.account end as account, sum(l.debit_minor - l.credit_minor)::int as minor
					from journal_line l join journal_entry e using (supplier_id, entry_id)
					where l.supplier_id = ${at.cast.supplierId} group by 1 having sum(l.debit_minor - l.credit_minor) <> 0`)
			);
			return Object.fromEntries(rows.map((row) => [row.account, row.minor]));
		},
		audits: async (): Promise<string[]> => {
			const rows = await asSystem((tx) =>
				tx.execute<{ action: string }>(sql`
					select action from audit where supplier_id = ${at.cast.supplierId} and (action like '%said%' or action like 'outcome%' or action like 'heard%') order by at, audit_id`)
			);
			return rows.map((row) => row.action);
		},
		mailsTo: (to: string) => at.house.world.mailbox.mails.filter((mail) => mail.to.includes(to)),
		leave: async () => {
			expect(await changeStripeAccount(at.house.services, at.cast.owner, at.today)).toMatchObject({ ok: true });
			world().refusedAccounts = [at.former];
			await at.house.advance(1);
			await pass();
			await pass();
		},
		disconnect: async () => {
			world().refusedAccounts = [at.former];
			await pass();
			await pass();
		},
		comeBack: async () => {
			world().refusedAccounts = [];
			await pass(20);
			await pass(20);
			await checkDeclaredOutcomes(at.house.services);
			await at.house.drain();
		},
		paidThere: (reference: string): Answer => ({ outcome: 'paid', reference, paidOn: day(), methodType: 'card' }),
		say: ({ invoiceId, attemptId }: Attempted, answer: Answer, by = at.cast.owner, instead?: number) =>
			declareOutcome(at.house.services, by, {
				invoiceId,
				attemptId,
				...(instead === undefined ? {} : { instead }),
				note: 'vu dans le tableau de bord',
				...answer
			} as DeclareInput),
		payToday: (invoiceId: string, method?: string) =>
			pay(at.house.services, at.payer, [invoiceId], 120_000, { account: at.today, ...(method ? { method } : {}) }),
		shownAttemptOf: async ({ invoiceId, attemptId }: Attempted) => {
			const page = await readAdminInvoice(at.house.services, at.cast.owner, invoiceId);
			return page.ok ? page.value.attempts.rows.find((one) => one.attemptId === attemptId) : undefined;
		}
	};
}
