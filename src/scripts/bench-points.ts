// Points: what earning adds to a payment that is settled and to the worker after it, and how long a balance and a tier take to read among 100,000 clients with 10,000,000 entries, beside
// SQL written by hand that looks up the same row. In a database and an outside world of its own. By itself: `node src/scripts/bench-points.ts`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import postgres from 'postgres';
import { mintScope, type Scope } from '#lib/domain/access/scope.ts';
import { addDays, civilDateIn } from '#lib/domain/calendar/civil-date.ts';
import { minor } from '#lib/domain/money/minor.ts';
import type { ProgrammeTerms } from '#lib/domain/points/programme.ts';
import { required } from '#lib/domain/required.ts';
import { readConfig } from '#lib/server/config.ts';
import { newId } from '#lib/server/identity.ts';
import { doDueWork } from '#lib/server/jobs/due-jobs.ts';
import { openLog } from '#lib/server/log.ts';
import type { Services } from '#lib/server/services.ts';
import { client, contact, supplier } from '#lib/server/store/schema/index.ts';
import { insertProgrammeDraft, markProgrammePublished } from '#lib/server/store/points-programme.ts';
import { findAccountOn } from '#lib/server/store/points-reading.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { importInvoices } from '#lib/server/use-cases/imports/import-invoices.ts';
import { startPayment } from '#lib/server/use-cases/payments/start-payment.ts';
import { buildServices } from '#lib/server/wiring.ts';
import { startWorld, type RunningWorld } from '#sandbox/main.ts';
import { openLogins } from './database-logins.ts';
import { embedded } from './embedded-postgres.ts';
import { migrateDatabase } from './migrate.ts';

const CLIENTS = Number(process.env.BENCH_POINTS_CLIENTS ?? 100_000);
const ENTRIES = Number(process.env.BENCH_POINTS_ENTRIES ?? 10_000_000);
const PAYMENTS = Number(process.env.BENCH_POINTS_PAYMENTS ?? 150);
const READS = 3000;
const ACCOUNTS = ['acct_bench_plain', 'acct_bench_points'];

export type PointsBench = {
	/** Milliseconds of our own in one payment, without what waits for Stripe. */
	plainMs: number;
	withPointsMs: number;
	/** The same with the stand-in's answers, as the payer waits. */
	plainWholeMs: number;
	withPointsWholeMs: number;
	/** What the worker does for it right after its commit. */
	followingMs: number;
	fillSeconds: number;
	readMs: number;
	byHandMs: number;
	allMs: number;
};
const today = () => civilDateIn(new Date(), 'Europe/Paris');
type Stage = { services: Services; world: RunningWorld; superuser: postgres.Sql; appUrl: string };

export async function pointsBench(): Promise<PointsBench> {
	const dir = mkdtempSync(path.join(tmpdir(), 'ponctuel-bench-points-'));
	const server = await embedded({ dir: path.join(dir, 'postgres'), persistent: false });
	const owner = await server.create('bench_points');
	await migrateDatabase(owner);
	const logins = await openLogins(owner, 'a secret of the bench');
	const world = await startWorld({ appOrigin: 'http://localhost:1', accounts: ACCOUNTS, dataDir: null });
	const environment = {
		DATABASE_URL: logins.app,
		DATABASE_URL_SYSTEM: logins.system,
		ORIGIN: 'http://localhost:1',
		PONCTUEL_SECRET: 'a secret of the bench, long enough to be accepted',
		SMTP_URL: world.smtpUrl,
		STRIPE_SECRET_KEY: 'sk_test_sandbox_bench',
		STRIPE_PUBLISHABLE_KEY: 'pk_test_sandbox_bench',
		STRIPE_WEBHOOK_SECRET: 'whsec_bench',
		SANDBOX_API_URL: world.apiUrl,
		SANDBOX_JS_URL: world.jsUrl,
		SANDBOX_MAILBOX_URL: world.mailboxUrl,
		SANDBOX_LOYALTY_URL: world.loyaltyUrl
	};
	const services = buildServices(readConfig(environment), { now: () => new Date() }, openLog('silent'));
	const superuser = postgres(server.url('bench_points'), { max: 1, onnotice: () => {} });
	try {
		const stage = { services, world, superuser, appUrl: logins.app };
		return { ...(await settling(stage)), ...(await reading(stage)) };
	} finally {
		await superuser.end();
		services.mail.close();
		await services.db.close();
		await world.close();
		await server.stop();
		rmSync(dir, { recursive: true, force: true });
	}
}

const words = (text: string) => ({ fr: text, en: text });
/** Everything that a programme can ask for, so that nothing is measured by leaving it out. */
const TERMS: ProgrammeTerms = {
	name: words('Bench'),
	intro: words(''),
	earning: {
		pointsPer: { points: 1, euroMinor: minor(100n) },
		basis: 'without_vat',
		minInvoiceMinor: minor(0n),
		excludes: [],
		early: { bpsPerDay: 100, maxDays: 30, withDiscount: true },
		streak: { invoices: 5, points: 50 },
		sepa: 10,
		planFinished: 100,
		firstOnline: 50,
		maxPerInvoice: 5000,
		maxPerPeriod: { points: 1_000_000, period: 'year' },
		closedDay: 'next_business_day'
	},
	sepaVestingDays: 0,
	expiry: { kind: 'months', months: 18 },
	tiers: [
		{ name: words('Un'), threshold: 0, multiplierBps: 10_000, perk: null },
		{ name: words('Deux'), threshold: 1000, multiplierBps: 11_000, perk: null },
		{ name: words('Trois'), threshold: 5000, multiplierBps: 12_000, perk: null }
	],
	credit: { points: 100, valueMinor: minor(500n), maxShareBps: 5000 },
	rewards: [],
	costCapMinor: null,
	expiryNoticeDays: 30
};

type Seller = { scope: Scope; payer: Scope; account: string };
async function aSeller({ db, clock }: Services, account: string, gives: boolean): Promise<Seller> {
	const [supplierId, clientId, contactId] = [newId(), newId(), newId()];
	const scope = mintScope(supplierId, { kind: 'system' });
	const createdAt = clock.now();
	await inScope(db, scope, async (tx) => {
		await tx.insert(supplier).values({
			supplierId,
			slug: account,
			name: account,
			legalName: `${account} SARL`,
			siren: '552100554',
			vatNumber: 'FR96552100554',
			address: { lines: ['1 rue de la Paix'], postalCode: '69001', town: 'Lyon', country: 'FR' },
			contactName: 'Claire Martin',
			contactEmail: 'compta@bench.example',
			brandHue: 165,
			iban: 'FR7630006000011234567890189',
			bic: 'AGRIFRPP',
			stripeAccount: account,
			timeZone: 'Europe/Paris',
			defaultTermsDays: 30,
			createdAt
		});
		const party = { supplierId, clientId, locale: 'fr' as const, createdAt };
		await tx.insert(client).values({ ...party, kind: 'business', kindFrom: 'person', name: 'Menuiserie Roche' });
		await tx.insert(contact).values({
			...party,
			contactId,
			email: 'paul@roche.example',
			name: 'Paul Roche',
			isBilling: true,
			hasPortal: true,
			mayPay: true
		});
		if (!gives) return;
		const row = { version: 1, createdBy: 'bench', createdAt, updatedAt: createdAt };
		await insertProgrammeDraft(tx, scope, { ...row, terms: TERMS });
		await markProgrammePublished(tx, scope, 1, new Date(createdAt.getTime() - 60_000));
	});
	return { scope, account, payer: mintScope(supplierId, { kind: 'contact', contactId, clientId }) };
}

/** One payment of each supplier in turn, so that whatever the machine does meanwhile, it does to both. */
async function settling({
	services
}: Stage): Promise<
	Pick<PointsBench, 'plainMs' | 'withPointsMs' | 'plainWholeMs' | 'withPointsWholeMs' | 'followingMs'>
> {
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
			if ((await doDueWork(services)) && i >= warmUp) following.push(performance.now() - started);
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
const median = (times: number[]): number =>
	required([...times].sort((a, b) => a - b)[Math.floor(times.length / 2)], 'time');

async function billsOf(services: Services, { scope }: Seller, count: number): Promise<string[]> {
	const today = civilDateIn(services.clock.now(), 'Europe/Paris');
	const ids: string[] = [];
	for (let from = 0; from < count; from += 100) {
		const invoices = Array.from({ length: Math.min(100, count - from) }, (_, i) => ({
			number: `B-${from + i}`,
			issued_on: today,
			due_on: addDays(today, 30),
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

/** Written past every trigger and every index, which are there again before anything is read. */
async function fill(sql: postgres.Sql, supplierId: string): Promise<void> {
	const each = Math.round(ENTRIES / CLIENTS);
	await sql`set session_replication_role = replica`;
	await sql`set synchronous_commit = off`;
	await sql`set maintenance_work_mem = '512MB'`;
	const indexes = await sql<{ name: string; definition: string }[]>`
		select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition from pg_index i
		where i.indrelid = 'points_entry'::regclass and not exists (select from pg_constraint c where c.conindid = i.indexrelid)`;
	const keys = await sql<{ name: string; definition: string }[]>`
		select conname as name, pg_get_constraintdef(oid) as definition from pg_constraint
		where conrelid = 'points_entry'::regclass and contype in ('p', 'u') and not exists (select from pg_constraint f where f.contype = 'f' and f.conindid = pg_constraint.conindid)`;
	for (const { name } of indexes) await sql.unsafe(`drop index ${name}`);
	for (const { name } of keys) await sql.unsafe(`alter table points_entry drop constraint "${name}"`);
	await sql`create temporary table bench_client as select gen_random_uuid() as id, n from generate_series(1, ${CLIENTS}::int) n`;
	await sql`insert into client (supplier_id, client_id, kind, kind_from, name, locale, created_at)
		select ${supplierId}, id, 'business', 'person', 'Client ' || n, 'fr', now() from bench_client`;
	await sql`insert into points_account (supplier_id, client_id, balance, pending, earned_in_year, tier, tier_since, streak, neutrals, created_at)
		select ${supplierId}, id, ${each * 10}, 0, ${each * 10}, n % 3, now(), 0, 0, now() from bench_client`;
	await sql`insert into points_entry (supplier_id, entry_id, client_id, kind, points, pending_points, source_id, cause_id, happened_on, expires_on, created_at)
		select ${supplierId}, gen_random_uuid(), c.id, 'earned', 10, 0, gen_random_uuid(), 'bench', current_date - (e % 700), current_date + 300, now() - e * interval '1 minute'
		from generate_series(1, ${each}::int) e, bench_client c`;
	for (const { name, definition } of keys)
		await sql.unsafe(`alter table points_entry add constraint "${name}" ${definition}`);
	for (const { definition } of indexes) await sql.unsafe(definition);
	await sql`analyze points_entry`;
	await sql`analyze points_account`;
}

async function reading({
	services,
	superuser,
	appUrl
}: Stage): Promise<Pick<PointsBench, 'fillSeconds' | 'readMs' | 'byHandMs' | 'allMs'>> {
	const { scope } = await aSeller(services, 'acct_bench_many', true);
	const started = performance.now();
	await fill(superuser, scope.supplierId);
	const fillSeconds = (performance.now() - started) / 1000;
	const ids = await superuser<{ id: string }[]>`select id from bench_client order by random() limit ${READS}`;
	const hand = postgres(appUrl, { max: 1, onnotice: () => {}, connection: { role: 'ponctuel_app' } as never });
	const [ours, byHand]: [number[], number[]] = [[], []];
	for (const [i, { id }] of ids.entries()) {
		const time = async (into: number[], work: () => Promise<unknown>) => {
			const at = performance.now();
			await work();
			if (i > READS / 10) into.push(performance.now() - at);
		};
		await time(ours, () => inScope(services.db, scope, (tx) => findAccountOn(tx, scope, id, today())));
		await time(byHand, () =>
			hand.begin(async (tx) => {
				await tx`select set_config('ponctuel.supplier_id', ${scope.supplierId}, true), set_config('ponctuel.client_id', '', true), set_config('ponctuel.invoice_id', '', true), set_config('ponctuel.actor', 'system', true)`;
				return tx`select balance, tier from points_account where supplier_id = ${scope.supplierId} and client_id = ${id}`;
			})
		);
	}
	const at = performance.now();
	const all = await hand.begin(async (tx) => {
		await tx`select set_config('ponctuel.supplier_id', ${scope.supplierId}, true), set_config('ponctuel.client_id', '', true)`;
		return tx`select client_id, balance, tier from points_account where supplier_id = ${scope.supplierId}`;
	});
	const allMs = performance.now() - at;
	if (all.length !== CLIENTS) throw new Error(`${all.length} accounts`);
	await hand.end();
	return { fillSeconds, readMs: median(ours), byHandMs: median(byHand), allMs };
}

export function tellPoints(found: PointsBench): [name: string, ratio: number, bar: number][] {
	const { plainMs, withPointsMs, plainWholeMs, withPointsWholeMs, readMs, byHandMs, allMs, fillSeconds, followingMs } =
		found;
	console.info(
		`points          a settled payment ${plainWholeMs.toFixed(1)} ms, with points ${withPointsWholeMs.toFixed(1)} ms (+${((withPointsWholeMs / plainWholeMs - 1) * 100).toFixed(1)} %) | without Stripe’s answers ${plainMs.toFixed(1)} and ${withPointsMs.toFixed(1)} ms (+${((withPointsMs / plainMs - 1) * 100).toFixed(1)} %) | then the worker, right after: ${followingMs.toFixed(1)} ms`
	);
	console.info(
		`points          ${CLIENTS} clients, ${ENTRIES} entries (filled in ${fillSeconds.toFixed(0)} s): balance and tier of one ${readMs.toFixed(2)} ms, by hand ${byHandMs.toFixed(2)} ms, ratio ${(byHandMs / readMs).toFixed(2)} | of all in ${allMs.toFixed(0)} ms`
	);
	return [
		['a payment without points, beside one with them', plainWholeMs / withPointsWholeMs, 1 / 1.1],
		// The difference is Drizzle's, the same for a client of ten: among so many, it must stay one look-up.
		['balance and tier, beside SQL by hand', byHandMs / readMs, 0.3]
	];
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
	const low = tellPoints(await pointsBench()).filter(([, ratio, bar]) => ratio < bar);
	for (const [name, ratio, bar] of low) console.info(`under the bar: ${name} ${ratio.toFixed(2)} < ${bar.toFixed(2)}`);
	process.exit(low.length ? 1 : 0);
}
