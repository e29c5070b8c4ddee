// What earning adds to a payment that is settled, and to the worker right after it.
import { addDays } from '#lib/domain/calendar/civil-date.ts';
import { minor } from '#lib/domain/money/minor.ts';
import { required } from '#lib/domain/required.ts';
import { newId } from '#lib/server/identity.ts';
import { doDueWork } from '#lib/server/jobs/due-jobs.ts';
import type { Services } from '#lib/server/services.ts';
import { findAccountOn } from '#lib/server/store/points-reading.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { importInvoices } from '#lib/server/use-cases/imports/import-invoices.ts';
import { startPayment } from '#lib/server/use-cases/payments/start-payment.ts';
import { aSeller, median, today, type Seller, type Stage } from './bench-points-stage.ts';

const PAYMENTS = Number(process.env.BENCH_POINTS_PAYMENTS ?? 150);

export type EarningBench = {
	/** Milliseconds of our own in one payment, without what waits for Stripe. */
	plainMs: number;
	withPointsMs: number;
	/** The same with the stand-in's answers, as the payer waits. */
	plainWholeMs: number;
	withPointsWholeMs: number;
	/** What the worker does for it right after its commit. */
	followingMs: number;
};
/** One payment of each supplier in turn, so that whatever the machine does meanwhile, it does to both. */
export async function settling({ services }: Stage): Promise<EarningBench> {
	const [plain, points] = [
		await aSeller(services, 'acct_bench_plain', false),
		await aSeller(services, 'acct_bench_points', true)
	];
	const warmUp = 20;
	const all = await Promise.all([plain, points].map((seller) => billsOf(services, seller, PAYMENTS + warmUp)));
	const times: Record<string, { own: number[]; whole: number[] }> = {};
	const following: number[] = [];
	for (let i = 0; i < PAYMENTS + warmUp; i++)
		for (const [which, seller] of [plain, points].entries()) {
			const time = await payOne(services, seller, required(all[which]?.[i], 'invoice'));
			const started = performance.now();
			if ((await doDueWork(services, ['points'])) && i >= warmUp) following.push(performance.now() - started);
			const kept = (times[seller.account] ??= { own: [], whole: [] });
			if (i < warmUp) continue;
			kept.own.push(time.own);
			kept.whole.push(time.whole);
		}
	const earned = await inScope(services.db, points.scope, (tx) =>
		findAccountOn(tx, points.scope, required(points.payer.clientId, 'client'), today())
	);
	if (!earned || earned.account.balance <= 0) throw new Error('nothing was earned');
	if (following.length !== PAYMENTS) throw new Error(`${following.length} payments were followed`);
	const of = (account: string) => required(times[account], account);
	return {
		plainMs: median(of('acct_bench_plain').own),
		withPointsMs: median(of('acct_bench_points').own),
		plainWholeMs: median(of('acct_bench_plain').whole),
		withPointsWholeMs: median(of('acct_bench_points').whole),
		followingMs: median(following)
	};
}
async function billsOf(services: Services, { scope }: Seller, count: number): Promise<string[]> {
	const day = today();
	const ids: string[] = [];
	for (let from = 0; from < count; from += 100) {
		const invoices = Array.from({ length: Math.min(100, count - from) }, (_, i) => ({
			number: `B-${from + i}`,
			issued_on: day,
			due_on: addDays(day, 30),
			client: { name: 'Menuiserie Roche' },
			net_minor: '10000',
			vat_lines: [{ rate_bps: 2000, base_minor: '10000', vat_minor: '2000' }],
			gross_minor: '12000'
		}));
		const bytes = new TextEncoder().encode(JSON.stringify({ invoices }));
		const read = await importInvoices(services, scope, [{ name: 'bench.json', bytes }], { sendMails: false });
		if (!read.ok) throw new Error(read.refusal.code);
		ids.push(...read.value.map(({ invoiceId }) => required(invoiceId, 'invoice')));
	}
	return ids;
}

const FROM = { returnUrl: 'http://localhost:1/retour/x', ip: '192.0.2.7', userAgent: 'bench', locale: 'fr' as const };
async function payOne(services: Services, { payer, account }: Seller, invoiceId: string) {
	const { sandbox, stripe } = services.config;
	const token = (await (
		await fetch(`${required(sandbox, 'sandbox').apiUrl}/v1/test_helpers/confirmation_tokens`, {
			method: 'POST',
			headers: { authorization: `Bearer ${stripe.secretKey}`, 'stripe-account': account },
			body: new URLSearchParams({ payment_method: 'pm_card_visa' })
		})
	).json()) as { id: string };
	let waited = 0;
	// What is spent at Stripe's is not ours: the stand-in shares this process.
	const payments = new Proxy(services.payments, {
		get: (target, name) => {
			const method: unknown = Reflect.get(target, name);
			if (typeof method !== 'function') return method;
			return async (...asked: unknown[]) => {
				const started = performance.now();
				try {
					return await (method as (...asked: unknown[]) => Promise<unknown>)(...asked);
				} finally {
					waited += performance.now() - started;
				}
			};
		}
	});
	const started = performance.now();
	const result = await startPayment(
		{ ...services, payments, limits: { ...services.limits, spend: async () => 'free', take: async () => true } },
		payer,
		{
			attemptId: newId(),
			confirmationTokenId: token.id,
			invoiceIds: [invoiceId],
			option: 'now',
			expectedAmountMinor: minor(12_000n)
		},
		FROM
	);
	const whole = performance.now() - started;
	if (!result.ok || result.value.status !== 'paid')
		throw new Error(`not paid: ${result.ok ? result.value.status : result.refusal.code}`);
	return { own: whole - waited, whole };
}
