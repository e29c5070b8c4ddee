// A payment that succeeded enters the books: the use case beside the same rows written by hand, in one statement of one transaction. Stripe's answers lie ready
// for both, so what is measured is ours: the reading, the deciding and the writing.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import { mintScope, type Scope } from '#lib/domain/access/scope.ts';
import { minor } from '#lib/domain/money/minor.ts';
import { required } from '#lib/domain/required.ts';
import { readConfig } from '#lib/server/config.ts';
import type { IntentState, PaymentGateway } from '#lib/server/gateways/stripe/port.ts';
import { newId } from '#lib/server/identity.ts';
import { openLog } from '#lib/server/log.ts';
import type { Services } from '#lib/server/services.ts';
import { importInvoices } from '#lib/server/use-cases/imports/import-invoices.ts';
import { settleIntent } from '#lib/server/use-cases/payments/settle-intent.ts';
import { startPayment } from '#lib/server/use-cases/payments/start-payment.ts';
import { buildServices } from '#lib/server/wiring.ts';
import { report } from './bench-report.ts';
import { rowsFor, statementOf, writtenWith } from './bench-settle-rows.ts';
import { freePort } from './embedded-postgres.ts';
import { start } from './start.ts';

const PAYMENTS = 400;
/** Of one supplier, all at once, with the sums of what is open and without them: they must not make one wait for another. */
const WRITERS = 32;
const TURNS = 7;
const AT_ONCE = TURNS * 160;
const WARM_UP = 20;
const FROM = { returnUrl: 'http://localhost:1/retour/x', ip: '192.0.2.7', userAgent: 'bench', locale: 'fr' as const };

export type SettleCost = {
	settleMs: number;
	byHandMs: number;
	withSums: number;
	withoutSums: number;
	tables: string[];
};
type Payer = { scope: Scope; account: string; name: string };
type Begun = { attemptId: string; invoiceId: string; intent: IntentState };

async function findPayer(sql: postgres.Sql): Promise<Payer> {
	const [found] = await sql<
		{ supplierId: string; account: string; contactId: string; clientId: string; name: string }[]
	>`
		select s.supplier_id as "supplierId", s.stripe_account as account, c.contact_id as "contactId", c.client_id as "clientId", n.name
		from supplier s join contact c on c.supplier_id = s.supplier_id and c.is_billing and c.may_pay join client n on (n.supplier_id, n.client_id) = (c.supplier_id, c.client_id)
		order by s.created_at, s.supplier_id, c.contact_id limit 1`;
	const { supplierId, contactId, clientId, account, name } = required(found, 'payer');
	return { scope: mintScope(supplierId, { kind: 'contact', contactId, clientId }), account, name };
}
/** As many invoices as there are payments, of one client. */
async function addInvoices(services: Services, sql: postgres.Sql, { scope, name }: Payer): Promise<string[]> {
	const invoices = Array.from({ length: PAYMENTS + AT_ONCE }, (_, i) => ({
		number: `REGLEMENT-${i}`,
		issued_on: '2026-11-01',
		due_on: '2026-12-31',
		client: { name },
		net_minor: '100000',
		vat_lines: [{ rate_bps: 2000, base_minor: '100000', vat_minor: '20000' }],
		gross_minor: '120000'
	}));
	const owner = mintScope(scope.supplierId, { kind: 'system' });
	// Larger ones are left to a worker.
	for (let at = 0; at < invoices.length; at += 400) {
		const bytes = new TextEncoder().encode(JSON.stringify({ invoices: invoices.slice(at, at + 400) }));
		const imported = await importInvoices(services, owner, [{ name: `factures-${at}.json`, bytes }], {
			sendMails: false,
			acceptReview: true
		});
		if (!imported.ok) throw new Error(`not imported: ${imported.refusal.code}`);
	}
	const rows = await sql<{ id: string }[]>`
		select o.invoice_id as id from invoice i join open_item o using (supplier_id, invoice_id)
		where i.number like 'REGLEMENT-%' and i.client_id = ${required(scope.clientId, 'client')} and o.payable_minor = 120000 order by i.number`;
	if (rows.length < PAYMENTS + AT_ONCE) throw new Error(`${rows.length} of ${PAYMENTS + AT_ONCE} invoices can be paid`);
	return rows.map(({ id }) => id);
}
const withRetrieve = (services: Services, retrieve: PaymentGateway['retrieve']): Services => ({
	...services,
	payments: new Proxy(services.payments, {
		get: (gateway, name) => {
			const value: unknown = name === 'retrieve' ? retrieve : Reflect.get(gateway, name);
			return typeof value === 'function' ? value.bind(gateway) : value;
		}
	})
});
async function aToken({ config }: Services, account: string): Promise<string> {
	const response = await fetch(`${required(config.sandbox, 'sandbox').apiUrl}/v1/test_helpers/confirmation_tokens`, {
		method: 'POST',
		headers: { authorization: `Bearer ${config.stripe.secretKey}`, 'stripe-account': account },
		body: new URLSearchParams({ payment_method: 'pm_card_visa' })
	});
	return ((await response.json()) as { id: string }).id;
}
/** Paid at Stripe, and as far as we know still under way. */
async function beginPayment(services: Services, { scope, account }: Payer, invoiceId: string): Promise<Begun> {
	let intent: IntentState | null = null;
	const unaware = withRetrieve(services, async (...asked) => {
		intent = await services.payments.retrieve(...asked);
		return intent && { ...intent, status: 'processing', amountReceivedMinor: minor(0n), paidAt: null, chargeId: null };
	});
	const attemptId = newId();
	const begun = await startPayment(
		unaware,
		scope,
		{
			attemptId,
			confirmationTokenId: await aToken(services, account),
			invoiceIds: [invoiceId],
			option: 'now',
			expectedAmountMinor: minor(120_000n)
		},
		FROM
	);
	if (!begun.ok) throw new Error(`not begun: ${begun.refusal.code}`);
	return { attemptId, invoiceId, intent: required(intent as IntentState | null, 'intent') };
}

export async function settleBench(): Promise<SettleCost> {
	const dataDir = mkdtempSync(path.join(tmpdir(), 'ponctuel-bench-settle-'));
	process.env['PONCTUEL_ROLE'] = 'web';
	const running = await start({ port: await freePort(), dataDir, persistent: true, quiet: true });
	const sql = postgres(running.databaseUrl, { max: 1, onnotice: () => {} });
	const appUrl = required(running.env['DATABASE_URL'], 'address');
	const hand = postgres(appUrl, {
		max: WRITERS,
		onnotice: () => {},
		connection: { role: 'ponctuel_app', jit: 'off' } as never
	});
	const services = buildServices(
		readConfig(running.env as Record<string, string>),
		{ now: () => new Date() },
		openLog('silent')
	);
	try {
		const payer = await findPayer(sql);
		const system = mintScope(payer.scope.supplierId, { kind: 'system' });
		const begun: Begun[] = [];
		for (const invoiceId of await addInvoices(services, sql, payer))
			begun.push(await beginPayment(services, payer, invoiceId));
		const answers = new Map(begun.map(({ intent }) => [intent.intentId, intent]));
		const ready = withRetrieve(services, (_account, intentId) => Promise.resolve(answers.get(intentId) ?? null));
		const settle = ({ intent }: Begun) =>
			settleIntent(ready, system, { account: payer.account, intentId: intent.intentId });

		const model = required(begun.shift(), 'payment');
		const since = new Date();
		await settle(model);
		const written = await writtenWith(sql, model.attemptId, since);
		const statement = statementOf(written);
		const byHand = (one: Begun, n: number) => {
			const rows = rowsFor(written, model, one, n);
			return async () => {
				await hand.begin(async (tx) => {
					await tx`select set_config('ponctuel.supplier_id', ${payer.scope.supplierId}, true), set_config('ponctuel.client_id', '', true), set_config('ponctuel.invoice_id', '', true), set_config('ponctuel.actor', 'system', true)`;
					await tx.unsafe(statement, rows, { prepare: true });
				});
			};
		};
		const [ours, theirs]: [number[], number[]] = [[], []];
		const timed = async (work: () => Promise<unknown>, into: number[]) => {
			const started = performance.now();
			await work();
			into.push(performance.now() - started);
		};
		const [inTurn, atOnce] = [begun.slice(0, PAYMENTS), begun.slice(PAYMENTS)];
		for (let i = 0; i + 1 < inTurn.length; i += 2) {
			const [one, other] = [required(inTurn[i], 'payment'), required(inTurn[i + 1], 'payment')];
			await timed(() => settle(one), ours);
			await timed(byHand(other, i), theirs);
		}
		const median = (times: number[]): number => {
			const kept = times.slice(WARM_UP).sort((a, b) => a - b);
			return required(kept[Math.floor(kept.length / 2)], 'time');
		};
		await sameBooks(sql, payer, inTurn);
		const [withSums, withoutSums] = await rates(
			sql,
			atOnce.map((one, i) => byHand(one, PAYMENTS + i))
		);
		const tables = written.map(({ name }) => name);
		const cost = { settleMs: median(ours), byHandMs: median(theirs), withSums, withoutSums, tables };
		console.info(
			`settle          ${cost.settleMs.toFixed(1)} ms, the same rows by hand ${cost.byHandMs.toFixed(1)} ms | ratio ${(cost.byHandMs / cost.settleMs).toFixed(2)} | ${tables.join(', ')}`
		);
		console.info(
			`${WRITERS} writers      of one supplier: ${withSums.toFixed(0)} payments a second with sums of what is open, ${withoutSums.toFixed(0)} without | ratio ${(withSums / withoutSums).toFixed(2)}`
		);
		return cost;
	} finally {
		services.mail.close();
		await services.db.close();
		await hand.end();
		await sql.end();
		await running.stop();
		rmSync(dataDir, { recursive: true, force: true });
	}
}
/** Payments a second by all writers at once, with the sums and without them, in turns. The first turn, which opens and prepares, does not count. */
async function rates(sql: postgres.Sql, works: (() => Promise<void>)[]): Promise<[number, number]> {
	const [without, withThem]: [number[], number[]] = [[], []];
	const each = works.length / TURNS;
	for (let turn = 0; turn < TURNS; turn++) {
		await sql.unsafe(`alter table open_item ${turn % 2 ? 'disable' : 'enable'} trigger open_sums_changed`);
		const left = works.slice(turn * each, (turn + 1) * each);
		const started = performance.now();
		await Promise.all(
			Array.from({ length: WRITERS }, async () => {
				for (let work = left.pop(); work; work = left.pop()) await work();
			})
		);
		if (turn) (turn % 2 ? without : withThem).push((performance.now() - started) / 1000);
	}
	const rateOf = (seconds: number[]): number => (seconds.length * each) / seconds.reduce((sum, one) => sum + one);
	return [rateOf(withThem), rateOf(without)];
}
/** Whoever wrote them: each of these invoices is paid, and its entry is in the books. */
async function sameBooks(sql: postgres.Sql, { scope }: Payer, begun: Begun[]): Promise<void> {
	const [row] = await sql<{ open: number; payments: number }[]>`
		select count(*) filter (where balance_minor <> 0)::int as open, (select count(*)::int from payment where attempt_id = any(${begun.map(({ attemptId }) => attemptId)})) as payments
		from open_item where supplier_id = ${scope.supplierId} and invoice_id = any(${begun.map(({ invoiceId }) => invoiceId)})`;
	const { open, payments } = required(row, 'books');
	const left = begun.length % 2;
	if (open !== left || payments !== begun.length - left)
		throw new Error(`${payments} payments and ${open} open invoices of ${begun.length}`);
}

export const barsOfSettle = ({ settleMs, byHandMs, withSums, withoutSums }: SettleCost): [string, number, number][] => [
	['settle, beside its rows by hand', byHandMs / settleMs, 0.5],
	[`${WRITERS} writers of one supplier, with sums beside without`, withSums / withoutSums, 0.9]
];

if (import.meta.main) {
	const cost = await settleBench();
	const low = report(
		barsOfSettle(cost).map(([name, value, bar]) => ({ name, value, bar })),
		{ settle: cost }
	);
	process.exit(low ? 1 : 0);
}
