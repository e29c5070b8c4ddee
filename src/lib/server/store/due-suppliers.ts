// Which suppliers have something to do of what days and moments bring, found by an index over the rows themselves (decision 46): those who have nothing cost nothing.
// Each answer may name a few too many, a day early or because something else is still in the way: the use case decides, under its own locks.
import { asc, inArray, sql, type SQL } from 'drizzle-orm';
import { addDays, civilDateIn, type CivilDate } from '../../domain/calendar/civil-date.ts';
import { IMPORTS_AT_WORK } from '../../domain/invoices/import-states.ts';
import { CHARGED_INSTALMENTS, RUNNING_PLANS } from '../../domain/plans/plan-states.ts';
import type { Database } from './database.ts';
import type { Supplier } from './suppliers.ts';
import { words } from './schema/columns.ts';
import { supplier } from './schema/index.ts';
import { unclaimedSince } from './pending-objects.ts';
import { answersKeptSince, filesKeptSince } from './upkeep.ts';

type Moment = {
	now: Date;
	/** The day where it is the latest: a supplier's own comes later, never sooner. */
	latest: CivilDate;
	ahead: (days: number) => CivilDate;
};
const at = (instant: Date): SQL => sql`${instant.toISOString()}::timestamptz`;
const FINDING = {
	parts_to_take: ({ latest }: Moment) =>
		sql`select supplier_id from plan_part where status in (${words(CHARGED_INSTALMENTS)}) and ask_on <= ${latest}`,
	/** Of the last day still there: where it is the earliest, today is yesterday. */
	parts_to_tell: ({ ahead }: Moment) =>
		sql`select supplier_id from plan_part where status = 'scheduled' and due_on between ${ahead(-2)} and ${ahead(21)}`,
	plans_to_break: ({ latest }: Moment) =>
		sql`select supplier_id from plan where status = 'active' and cure_ends_on < ${latest}`,
	/** Whose money came elsewhere before. */
	plans_elsewhere: () => sql`select k.supplier_id from stripe_account k where k.until_at is not null
		and exists (select from plan where plan.supplier_id = k.supplier_id and status in (${words(RUNNING_PLANS)}))`,
	points_to_tell: ({
		latest
	}: Moment) => sql`select supplier_id from points_programme p where published_at is not null and ended_at is null
		and exists (select from points_lot l where l.supplier_id = p.supplier_id and l."left" > 0 and l.told_on is null and l.expires_on <= ${latest}::date + (p.terms->>'expiryNoticeDays')::int)`,
	/** Its wall shows the worker no item but those of which we owe. */
	credits_to_set_off: () => sql`select supplier_id from open_item`,
	outcomes_to_hear: () => sql`select supplier_id from said_outcome where heard_at is null`,
	refunds_to_hear: () => sql`select supplier_id from said_refund where heard_at is null`,
	methods_to_forget: () => sql`select supplier_id from saved_method where removed_at is null and kept_at is null
		union all select supplier_id from saved_method where removed_at is not null and detached_at is null`,
	answers_to_forget: ({ now }: Moment) =>
		sql`select supplier_id from idempotency where created_at < ${at(answersKeptSince(now))}`,
	/** What is being read or kept is left alone until it has ended. */
	files_to_forget: ({ now }: Moment) => sql`select supplier_id from import_job where forgotten_at is null
		and opened_at < ${at(filesKeptSince(now))} and state not in (${words(IMPORTS_AT_WORK)})`,
	objects_to_remove: ({ now }: Moment) =>
		sql`select supplier_id from pending_object where since < ${at(unclaimedSince(now))}`
} satisfies Record<string, (moment: Moment) => SQL>;
export type DueOf = keyof typeof FINDING;

export async function listSuppliersDue(db: Database, of: DueOf, now: Date): Promise<Supplier[]> {
	const today = civilDateIn(now, 'UTC');
	const ahead = (days: number) => addDays(today, days + 1);
	const found = await db.system.execute<{ supplier_id: string }>(
		sql`select distinct supplier_id from (${FINDING[of]({ now, latest: ahead(0), ahead })}) due`
	);
	const ids = found.map((row) => row.supplier_id);
	return ids.length
		? db.system.select().from(supplier).where(inArray(supplier.supplierId, ids)).orderBy(asc(supplier.name))
		: [];
}
