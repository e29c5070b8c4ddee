// A year of a supplier with five hundred invoices: clients pay early, late, in instalments, by card and by debit, are refused, come back, or never do. Every
// decision is drawn from the number of the invoice, so that the same seed is the same year.
import { sql } from 'drizzle-orm';
import type { StartPayment } from '#lib/contract/payments.ts';
import { addDays, civilDate, type CivilDate } from '#lib/domain/calendar/civil-date.ts';
import { minor } from '#lib/domain/money/minor.ts';
import { quote } from '#lib/domain/offers/quote.ts';
import type { QuoteInput } from '#lib/domain/offers/quoted.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { readPayView } from '#lib/server/use-cases/payments/read-pay-view.ts';
import { reconcileRecent } from '#lib/server/use-cases/payments/reconcile.ts';
import { chargeNextInstalments, collectDue } from '#lib/server/use-cases/payments/collect-instalments.ts';
import { announceInstalments, putInDefault } from '#lib/server/use-cases/plans/announce-and-default.ts';
import { tendPoints } from '#lib/server/use-cases/points/tend-points.ts';
import { runDue } from '#sandbox/stripe/control.ts';
import { workDue } from '../../builders/due.ts';
import {
	aPayer,
	anInvoice,
	anOffer,
	aSupplier,
	pay,
	type Cast,
	type Payer,
	instalments
} from '../../builders/parties.ts';
import { acceptRules, aProgramme } from '../../builders/points.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

const START = civilDate('2026-12-01');
const DAYS = 365;
const CLIENTS = 20;

/** Numbers that depend on the seed, the invoice and the question alone (mulberry32). */
function draw(seed: number, invoice: number, question: number, max: number): number {
	let t = (seed * 1_000_003 + invoice * 8191 + question * 131) | 0;
	t = (t + 0x6d2b79f5) | 0;
	let r = Math.imul(t ^ (t >>> 15), 1 | t);
	r ^= r + Math.imul(r ^ (r >>> 7), 61 | r);
	return ((r ^ (r >>> 14)) >>> 0) % max;
}

const METHODS = [
	'pm_card_visa',
	'pm_card_visa',
	'pm_card_visa',
	'pm_card_visa',
	'pm_card_mastercard',
	'pm_success_fr',
	'pm_success_fr',
	'pm_failed_fr',
	'pm_disputed_fr',
	'pm_card_visa_chargeDeclined',
	'pm_card_createDispute',
	'pm_card_mastercard'
];
type Year = { house: TestHouse; cast: Cast; payers: Payer[]; seed: number };
type Planned = { i: number; number: string; invoiceId: string; payer: Payer; actOn: CivilDate[] };

export type Outcome = { dump: string; totals: Record<string, string>; house: TestHouse; cast: Cast };
export async function simulateYear(seed: number, invoices: number): Promise<Outcome> {
	const house = await openHouse();
	moveTo(house, START);
	const cast = await aSupplier(house.services);
	const payers = [];
	for (let i = 0; i < CLIENTS; i++)
		payers.push(await aPayer(house.services, cast, `c${i}@year.example`, `Client ${i}`));
	await anOffer(house.services, cast, {
		discount: {
			tiers: [
				{ discountBps: 300, counted: 'from_issue', days: 5 },
				{ discountBps: 100, counted: 'from_issue', days: 12 }
			],
			capMinor: minor(20_000n),
			vatMode: 'by_law',
			excludes: []
		},
		instalments: instalments({ minMinor: minor(20_000n), spacing: { unit: 'day', every: 18 } })
	});
	await aProgramme(house.services, cast, {
		earning: {
			early: { bpsPerDay: 150, maxDays: 20, withDiscount: true },
			streak: { invoices: 5, points: 100 },
			sepa: 5,
			planFinished: 20,
			firstOnline: 10
		},
		sepaVestingDays: 56,
		expiry: { kind: 'months', months: 4 }
	});
	for (const payer of payers) await acceptRules(house.services, cast, payer);
	const year: Year = { house, cast, payers, seed };
	const open: Planned[] = [];
	for (let day = 0; day <= DAYS; day++) {
		const today = addDays(START, day);
		moveTo(house, today);
		await reconcileRecent(house.services, 2);
		for (let i = Math.ceil((day * invoices) / DAYS); i < ((day + 1) * invoices) / DAYS && i < invoices; i++)
			open.push(await issue(year, i, today));
		for (const one of open.filter((planned) => planned.actOn.includes(today))) await act(year, one);
		await announceInstalments(house.services);
		await collectDue(house.services);
		while (await chargeNextInstalments(house.services));
		await putInDefault(house.services);
		await tendPoints(house.services);
		if (day % 7 === 0) await workDue(house.services, 'attempt');
	}
	await reconcileRecent(house.services, 30);
	return { house, cast, dump: await dump(year), totals: await totals(year) };
}

/** Ten in the morning of a day, to the millisecond, however long the day before took. */
function moveTo({ world }: TestHouse, day: CivilDate): void {
	world.world.offsetMs = Date.parse(`${day}T09:00:00Z`) - Date.now();
	runDue(world.world);
}

async function issue({ house, cast, payers, seed }: Year, i: number, today: CivilDate): Promise<Planned> {
	const client = draw(seed, i, 1, CLIENTS);
	const net = 5000 + draw(seed, i, 2, 200_000);
	const low = draw(seed, i, 3, 3) === 0 ? draw(seed, i, 4, net) : 0;
	const vatOf = (base: number, bps: number) => Math.round((base * bps) / 10_000);
	const vat = [
		{ rate_bps: 2000, base_minor: String(net - low), vat_minor: String(vatOf(net - low, 2000)) },
		...(low ? [{ rate_bps: 550, base_minor: String(low), vat_minor: String(vatOf(low, 550)) }] : [])
	];
	const number = `Y-${String(i).padStart(4, '0')}`;
	const gross = net + vatOf(net - low, 2000) + (low ? vatOf(low, 550) : 0);
	const invoiceId = await anInvoice(
		house.services,
		cast,
		{ name: `Client ${client}` },
		{
			number,
			issuedOn: today,
			dueOn: addDays(today, 30),
			grossMinor: gross,
			vat
		}
	);
	const first = addDays(today, draw(seed, i, 5, 45));
	// Some come back once, twice, or never.
	const actOn = [first, addDays(first, 6), addDays(first, 25), addDays(first, 60)].slice(0, 1 + draw(seed, i, 6, 4));
	return { i, number, invoiceId, payer: payers[client]!, actOn };
}

/** What a client does when it opens the page: takes a choice that is there, with a means of payment that may or may not work. */
async function act({ house, seed }: Year, { i, invoiceId, payer, actOn }: Planned): Promise<void> {
	const view = await readPayView(house.services, payer.scope, [invoiceId]);
	if (!view.ok || !view.value.options.length) return;
	const visit = actOn.findIndex((day) => day === civilDate(house.services.clock.now().toISOString().slice(0, 10)));
	const option = view.value.options[draw(seed, i, 10 + visit, view.value.options.length)]!;
	const method = visit === 0 ? METHODS[draw(seed, i, 20, METHODS.length)]! : 'pm_card_visa';
	const asked = { option: option.kind as StartPayment['option'], method };
	// Whoever has a hundred points uses them on every third invoice that is paid at once.
	const wantsPoints = ['now', 'early'].includes(option.kind) && draw(seed, i, 40 + visit, 3) === 0;
	const withPoints = wantsPoints
		? await pay(house.services, payer, [invoiceId], Number(option.dueNowMinor) - 500, { ...asked, usePoints: 100 })
		: null;
	const usedNone = withPoints && !withPoints.ok && NO_POINTS.includes(withPoints.refusal.code);
	const result =
		withPoints && !usedNone
			? withPoints
			: await pay(house.services, payer, [invoiceId], Number(option.dueNowMinor), asked);
	if (!result.ok && !['payment_under_way', 'payment_in_progress', 'card_declined'].includes(result.refusal.code))
		throw new Error(`${invoiceId} ${option.kind}: ${result.refusal.code}`);
	// One kept card in four refuses later on.
	if (result.ok && option.kind.startsWith('plan_') && draw(seed, i, 30, 4) === 0) {
		const account = house.world.world.accounts.get('acct_lumen')!;
		const last = Object.values(account.payment_methods).at(-1)!;
		if (last.type === 'card') last._behaviour = 'pm_card_visa_chargeDeclinedInsufficientFunds';
	}
}

const NO_POINTS = ['points_not_enough', 'points_over_share', 'points_not_offered'];

const rows = async <T extends Record<string, unknown> = Record<string, unknown>>(
	{ house, cast }: Pick<Year, 'house' | 'cast'>,
	query: ReturnType<typeof sql>
): Promise<T[]> =>
	inScope(house.services.db, cast.system, async (tx) => (await tx.execute<T>(query)).map((row) => ({ ...row }) as T));

/** Everything that happened, by invoice, without an id of ours: what two runs of one seed must agree on, byte for byte. */
async function dump(year: Year): Promise<string> {
	const journal = await rows(
		year,
		sql`select i.number, e.kind, e.booked_on::text, l.account, l.rate_bps, l.debit_minor::text, l.credit_minor::text
			from journal_entry e join journal_line l using (supplier_id, entry_id)
			left join lateral (select min(x.invoice_id::text)::uuid as invoice_id from journal_line x where x.supplier_id = e.supplier_id and x.entry_id = e.entry_id and x.invoice_id is not null) o on true
			left join invoice i on i.supplier_id = e.supplier_id and i.invoice_id = o.invoice_id
			order by 1 nulls last, 3, 2, 4, 5, 6, 7`
	);
	const instalments = await rows(
		year,
		sql`select i.number, p.position, p.due_on::text, p.amount_minor::text, p.status, p.failures, x.status as plan, x.count
			from plan_part p join plan x using (supplier_id, plan_id) join plan_part_line l using (supplier_id, plan_id, position)
			join invoice i on i.supplier_id = l.supplier_id and i.invoice_id = l.invoice_id order by 1, x.created_at, 2`
	);
	const attempts = await rows(
		year,
		sql`select i.number, a.option, a.channel, a.amount_minor::text, a.discount_minor::text, a.status, coalesce(a.decline_code, a.error_code) as code, a.created_at::date::text
			from payment_attempt a join payment_attempt_invoice x using (supplier_id, attempt_id)
			join invoice i on i.supplier_id = x.supplier_id and i.invoice_id = x.invoice_id order by 1, a.created_at, 2, 4`
	);
	const discounts = await rows(
		year,
		sql`select i.number, d.kind, d.sequence, d.amount_minor::text, d.happened_on::text from discount d join invoice i using (supplier_id, invoice_id) order by 1, 3, 5`
	);
	// Of one day in whatever order: which of two debits is heard first is Stripe's to say.
	const points = await rows(
		year,
		sql`select c.name, e.kind, e.points, e.pending_points, e.happened_on::text, e.expires_on::text from points_entry e join client c using (supplier_id, client_id) order by 1, 5, 2, 3, 4, 6`
	);
	return JSON.stringify({ journal, instalments, attempts, discounts, points }, null, 1);
}

async function totals(year: Year): Promise<Record<string, string>> {
	const [row] = await rows<Record<string, string>>(
		year,
		sql`select (select count(*) from invoice)::text as invoices, (select count(*) from payment)::text as payments,
			(select coalesce(sum(amount_minor), 0) from payment)::text as received,
			(select count(*) from plan where status <> 'canceled')::text as plans,
			(select count(*) from plan where status = 'completed')::text as plans_completed,
			(select count(*) from plan where status = 'in_default')::text as plans_in_default,
			(select count(*) from discount where kind = 'granted')::text as discounts,
			(select count(*) from discount where kind = 'voided')::text as discounts_voided,
			(select coalesce(sum(case kind when 'granted' then amount_minor else -amount_minor end), 0) from discount)::text as discounted,
			(select count(*) from reversal)::text as reversals,
			(select coalesce(sum(points) filter (where kind = 'earned'), 0) from points_entry)::text as points_earned,
			(select coalesce(-sum(points) filter (where kind = 'spent'), 0) from points_entry)::text as points_spent,
			(select coalesce(-sum(points) filter (where kind = 'reversed'), 0) from points_entry)::text as points_reversed,
			(select coalesce(-sum(points) filter (where kind = 'expired'), 0) from points_entry)::text as points_expired,
			(select count(*) from points_award where kind <> 'payment')::text as points_bonuses,
			(select sum(debit_minor) from journal_line)::text as debit, (select sum(credit_minor) from journal_line)::text as credit`
	);
	return row!;
}

/** Instalments that more than one payment stands for. */
export const paidTwice = (outcome: Outcome): Promise<Record<string, unknown>[]> =>
	rows(
		outcome,
		sql`select p.plan_id, p.position from attempt_part p join payment m on m.supplier_id = p.supplier_id and m.attempt_id = p.attempt_id
			where p.holds group by 1, 2 having count(*) > 1`
	);
/** Invoices whose journal and rows disagree: debt, less what was allocated, plus what went back, less what was discounted. */
export const unbalanced = (outcome: Outcome): Promise<Record<string, unknown>[]> =>
	rows(
		outcome,
		sql`select * from (select i.number,
				(select sum(debit_minor - credit_minor) from journal_line l where l.supplier_id = i.supplier_id and l.invoice_id = i.invoice_id and account = '411') as ledger,
				i.debt_minor - (select coalesce(sum(amount_minor), 0) from allocation a where a.supplier_id = i.supplier_id and a.invoice_id = i.invoice_id)
				+ (select coalesce(sum(case when r.kind in ('refund_failed', 'chargeback_won') then -x.amount_minor else x.amount_minor end), 0)
					from reversal_allocation x join reversal r using (supplier_id, reversal_id) where x.supplier_id = i.supplier_id and x.invoice_id = i.invoice_id)
				- (select coalesce(sum(case kind when 'granted' then amount_minor else -amount_minor end), 0) from discount d where d.supplier_id = i.supplier_id and d.invoice_id = i.invoice_id) as expected
			from invoice i) x where ledger <> expected`
	);

/** Clients whose points are not the sum of their entries, or whose lots are not their balance; and the liability beside the ledger. */
export const unpointed = (outcome: Outcome): Promise<Record<string, unknown>[]> =>
	rows(
		outcome,
		sql`select c.name, a.balance, a.pending from points_account a join client c using (supplier_id, client_id),
			lateral (select coalesce(sum(points), 0) as points, coalesce(sum(pending_points), 0) as pending from points_entry e where e.client_id = a.client_id) e,
			lateral (select coalesce(sum("left"), 0) as "left" from points_lot l where l.client_id = a.client_id) l
			where a.balance <> e.points or a.pending <> e.pending or greatest(a.balance, 0) <> l."left"`
	);
/** Each discount, and what the quote engine answers today to the question that was kept when it was accepted. */
export async function requoted(outcome: Outcome): Promise<{ given: bigint; quoted: bigint }[]> {
	const found = await rows<{
		amount: string;
		invoice_id: string;
		reason: string;
		snapshot: { input: unknown; option: { kind: string } };
	}>(
		outcome,
		sql`select d.amount_minor::text as amount, d.invoice_id, d.reason, q.snapshot from discount d
			join payment p using (supplier_id, payment_id) join quote_acceptance q on q.supplier_id = p.supplier_id and q.attempt_id = p.attempt_id`
	);
	return found.map(({ amount, invoice_id: invoiceId, reason, snapshot }) => {
		const input = JSON.parse(JSON.stringify(snapshot.input), (key, value: unknown) =>
			key.endsWith('Minor') && value !== null
				? BigInt(value as string)
				: key === 'at'
					? new Date(value as string)
					: value
		) as QuoteInput;
		const chosen = quote(input).options.find((option) => option.kind === snapshot.option.kind);
		return {
			given: BigInt(amount),
			quoted: chosen?.discounts.find((one) => one.invoiceId === invoiceId && one.reason === reason)?.discountMinor ?? 0n
		};
	});
}
