// A points programme for tests: one point for each euro, nothing else, unless said otherwise; and what the ledger says of a client.
import { asc, eq, sql } from 'drizzle-orm';
import { civilDateIn } from '#lib/domain/calendar/civil-date.ts';
import { newId } from '#lib/server/identity.ts';
import { minor } from '#lib/domain/money/minor.ts';
import type { EarningRule, ProgrammeTerms } from '#lib/domain/points/programme.ts';
import { doDueWork } from '#lib/server/jobs/due-jobs.ts';
import type { Scope } from '#lib/domain/access/scope.ts';
import type { Services } from '#lib/server/services.ts';
import {
	insertProgrammeDraft,
	listProgrammes,
	markProgrammeEnded,
	markProgrammePublished
} from '#lib/server/store/points-programme.ts';
import { lockAccount, type PointsAward } from '#lib/server/store/points.ts';
import { pointsAcceptance, pointsAward } from '#lib/server/store/schema/index.ts';
import { addPoints } from '#lib/server/use-cases/points/move-points.ts';
import { publishProgramme } from '#lib/server/use-cases/points/manage-programme.ts';
import { inScope } from '#lib/server/store/tx.ts';
import type { Cast } from './parties.ts';

const words = (text: string) => ({ fr: text, en: text });
const PLAIN_EARNING: EarningRule = {
	pointsPer: { points: 1, euroMinor: minor(100n) },
	basis: 'with_vat',
	minInvoiceMinor: minor(0n),
	excludes: [],
	early: null,
	streak: null,
	sepa: 0,
	planFinished: 0,
	firstOnline: 0,
	maxPerInvoice: null,
	maxPerPeriod: null,
	closedDay: 'same_day'
};
export const PLAIN_TERMS: ProgrammeTerms = {
	name: words('Points'),
	intro: words(''),
	earning: PLAIN_EARNING,
	sepaVestingDays: 0,
	expiry: { kind: 'months', months: 24 },
	tiers: [
		{ name: words('Bronze'), threshold: 0, multiplierBps: 10_000, perk: null },
		{ name: words('Argent'), threshold: 500, multiplierBps: 10_000, perk: null },
		{ name: words('Or'), threshold: 1500, multiplierBps: 20_000, perk: null }
	],
	credit: { points: 100, valueMinor: minor(500n), maxShareBps: 5000 },
	rewards: [],
	costCapMinor: null,
	expiryNoticeDays: 30
};

/** Published a second ago, as the next version; the one before ends. */
export async function aProgramme(
	{ db, clock }: Services,
	cast: Pick<Cast, 'system'>,
	{ earning, ...terms }: Partial<Omit<ProgrammeTerms, 'earning'>> & { earning?: Partial<EarningRule> } = {}
): Promise<number> {
	// Stripe counts in whole seconds.
	const now = new Date(clock.now().getTime() - 1000);
	return inScope(db, cast.system, async (tx) => {
		const [last] = await listProgrammes(tx, cast.system);
		const version = (last?.version ?? 0) + 1;
		const row = { version, createdBy: 'tests', createdAt: now, updatedAt: now };
		await insertProgrammeDraft(tx, cast.system, {
			...row,
			terms: { ...PLAIN_TERMS, ...terms, earning: { ...PLAIN_EARNING, ...earning } }
		});
		if (last && !last.endedAt) await markProgrammeEnded(tx, cast.system, last.version, now);
		await markProgrammePublished(tx, cast.system, version, now);
		return version;
	});
}

/** The worker's turn, which comes right after each payment: points follow their money. */
export async function pointsFollow(services: Services): Promise<void> {
	while (await doDueWork(services, ['points']));
}
type Said = { balance: number; pending: number; tier: number; streak: number; earned: number; left: number };
/** The account, and what its entries and lots add up to: the same, or the database would have refused. */
export async function pointsOf(services: Services, cast: Pick<Cast, 'system'>, clientId: string): Promise<Said> {
	await pointsFollow(services);
	return inScope(services.db, cast.system, async (tx) => {
		const [row] = await tx.execute<Record<string, number>>(sql`
			select balance, pending, tier, streak, earned_in_year as earned,
				(select coalesce(sum("left"), 0)::int from points_lot l where l.supplier_id = a.supplier_id and l.client_id = a.client_id) as left,
				(select coalesce(sum(points), 0)::int from points_entry e where e.supplier_id = a.supplier_id and e.client_id = a.client_id) as entries,
				(select coalesce(sum(pending_points), 0)::int from points_entry e where e.supplier_id = a.supplier_id and e.client_id = a.client_id) as waiting
			from points_account a where a.client_id = ${clientId}`);
		if (!row) return { balance: 0, pending: 0, tier: 0, streak: 0, earned: 0, left: 0 };
		const { entries, waiting, ...said } = row as Said & { entries: number; waiting: number };
		if (said.balance !== entries || said.pending !== waiting)
			throw new Error('the account is not the sum of its entries');
		return said;
	});
}
/** The client's person has read the rules and accepted them. */
export const acceptRules = (
	{ db, clock }: Services,
	cast: Pick<Cast, 'system'>,
	{ clientId, contactId }: { clientId: string; contactId: string }
): Promise<unknown> =>
	inScope(db, cast.system, (tx) =>
		tx.insert(pointsAcceptance).values({
			supplierId: cast.system.supplierId,
			clientId,
			contactId,
			version: 1,
			rulesText: 'rules',
			rulesHash: 'hash',
			locale: 'fr',
			ip: null,
			userAgent: null,
			acceptedAt: clock.now()
		})
	);
/** Given by hand, as a person of the supplier would: for a balance to begin with. */
export const givePoints = (
	{ db, clock }: Services,
	cast: Pick<Cast, 'system'>,
	clientId: string,
	points: number
): Promise<void> =>
	inScope(db, cast.system, async (tx) => {
		const now = clock.now();
		const today = civilDateIn(now, 'Europe/Paris');
		const account = await lockAccount(tx, cast.system, clientId, { today, now });
		const sourceId = newId();
		await addPoints(
			{ tx, scope: cast.system, now, today, account },
			{ kind: 'adjusted', points, sourceId, causeId: sourceId, reason: 'for a test', madeBy: 'tests' }
		);
	});
/** Kinds and points, oldest first: the story of a client. */
export async function entriesOf(services: Services, cast: Pick<Cast, 'system'>, clientId: string): Promise<string[]> {
	await pointsFollow(services);
	return inScope(services.db, cast.system, async (tx) => {
		const rows = await tx.execute<{ kind: string; points: number; pending: number }>(
			sql`select kind, points, pending_points as pending from points_entry where client_id = ${clientId} order by seq`
		);
		return rows.map((row) => `${row.kind} ${row.points}${row.pending ? ` (${row.pending})` : ''}`);
	});
}
/** What was given for an invoice, oldest act first. */
export async function awardsOf(
	services: Services,
	cast: Pick<Cast, 'system'>,
	invoiceId: string
): Promise<PointsAward[]> {
	await pointsFollow(services);
	return inScope(services.db, cast.system, (tx) =>
		tx
			.select()
			.from(pointsAward)
			.where(eq(pointsAward.invoiceId, invoiceId))
			.orderBy(asc(pointsAward.actedOn), asc(pointsAward.createdAt))
	);
}

/** The draft that stands, published as its own page would: by its number, with what it says. */
export async function publishDraft(services: Services, scope: Scope): ReturnType<typeof publishProgramme> {
	const rows = await inScope(services.db, scope, (tx) => listProgrammes(tx, scope));
	const draft = rows.find((row) => !row.publishedAt);
	return publishProgramme(services, scope, draft ?? { version: 0, updatedAt: services.clock.now() });
}
