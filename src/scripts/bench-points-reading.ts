// How long a balance and a tier take to read among 100,000 clients with 10,000,000 entries, beside SQL written by hand that looks up the same row.
import postgres from 'postgres';
import { findAccountOn } from '#lib/server/store/points-reading.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { aSeller, median, today, type Stage } from './bench-points-stage.ts';

export const CLIENTS = Number(process.env.BENCH_POINTS_CLIENTS ?? 100_000);
export const ENTRIES = Number(process.env.BENCH_POINTS_ENTRIES ?? 10_000_000);
const READS = 3000;

export type ReadingBench = { fillSeconds: number; readMs: number; byHandMs: number; allMs: number };
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

export async function reading({ services, superuser, appUrl }: Stage): Promise<ReadingBench> {
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
