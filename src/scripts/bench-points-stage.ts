// Where the bench of points happens: a database and an outside world of its own, suppliers with points or without.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import { mintScope, type Scope } from '#lib/domain/access/scope.ts';
import { civilDateIn } from '#lib/domain/calendar/civil-date.ts';
import { minor } from '#lib/domain/money/minor.ts';
import type { ProgrammeTerms } from '#lib/domain/points/programme.ts';
import { required } from '#lib/domain/required.ts';
import { readConfig } from '#lib/server/config.ts';
import { newId } from '#lib/server/identity.ts';
import { openLog } from '#lib/server/log.ts';
import type { Services } from '#lib/server/services.ts';
import { client, contact, supplier } from '#lib/server/store/schema/index.ts';
import { insertProgrammeDraft, markProgrammePublished } from '#lib/server/store/points-programme.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { buildServices } from '#lib/server/wiring.ts';
import { startWorld } from '#sandbox/main.ts';
import { openLogins } from './database-logins.ts';
import { embedded } from './embedded-postgres.ts';
import { migrateDatabase } from './migrate.ts';

const ACCOUNTS = ['acct_bench_plain', 'acct_bench_points'];
export const today = () => civilDateIn(new Date(), 'Europe/Paris');
export const median = (times: number[]): number =>
	required([...times].sort((a, b) => a - b)[Math.floor(times.length / 2)], 'time');

export type Stage = { services: Services; superuser: postgres.Sql; appUrl: string };

/** A database and an outside world of their own, which go when the work is done. */
export async function onStage<T>(work: (stage: Stage) => Promise<T>): Promise<T> {
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
		return await work({ services, superuser, appUrl: logins.app });
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

export type Seller = { scope: Scope; payer: Scope; account: string };
export async function aSeller({ db, clock }: Services, account: string, gives: boolean): Promise<Seller> {
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
