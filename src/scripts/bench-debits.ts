// The debit run: 10,000 instalments due on one day, found and put on the queue, beside the SELECT that only finds them. Both in a transaction that is rolled
// back, several times; the medians are compared.
import { sql } from 'drizzle-orm';
import type { Scope } from '#lib/domain/access/scope.ts';
import { addDays, civilDateIn } from '#lib/domain/calendar/civil-date.ts';
import { newId } from '#lib/server/identity.ts';
import type { Services } from '#lib/server/services.ts';
import type { Tx } from '#lib/server/store/database.ts';
import { enqueueDue, listDue } from '#lib/server/store/plan-charges.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { required } from '#lib/domain/required.ts';

const INSTALMENTS = 10_000;
const ROUNDS = 7;

/** One plan of three instalments for each instalment that is due, among as many that are not: of a client and an invoice that exist. */
async function fill(tx: Tx, scope: Scope, today: string): Promise<void> {
	const [client] = await tx.execute<{ client_id: string; invoice_id: string }>(
		sql`select client_id, invoice_id from invoice where supplier_id = ${scope.supplierId} limit 1`
	);
	const { client_id: clientId, invoice_id: invoiceId } = required(client, 'client');
	await tx.execute(
		sql`create temporary table bench_plan on commit drop as select gen_random_uuid() as id from generate_series(1, ${INSTALMENTS})`
	);
	await tx.execute(sql`insert into payment_attempt (supplier_id, attempt_id, client_id, channel, amount_minor, currency, description, return_url, status, retries_intent, created_at, updated_at)
		select ${scope.supplierId}, id, ${clientId}, 'portal', 100, 'EUR', '', '', 'paid', false, now(), now() from bench_plan`);
	await tx.execute(sql`insert into plan (supplier_id, plan_id, client_id, count, amount_minor, currency, status, is_settlement, cure_days, created_at, updated_at)
		select ${scope.supplierId}, id, ${clientId}, 2, 200, 'EUR', 'active', false, 8, now(), now() from bench_plan`);
	await tx.execute(sql`insert into plan_part (supplier_id, plan_id, position, due_on, amount_minor, status, failures, ask_on, updated_at)
		select ${scope.supplierId}, id, p, ${today}::date + (p - 1) * 20, 100, 'scheduled', 0, ${today}::date + (p - 1) * 20, now() from bench_plan, generate_series(1, 2) p`);
	await tx.execute(sql`insert into plan_part_line (supplier_id, plan_id, position, invoice_id, amount_minor)
		select ${scope.supplierId}, id, p, ${invoiceId}, 100 from bench_plan, generate_series(1, 2) p`);
}

class RolledBack extends Error {}
export async function debitRun(
	services: Services,
	scope: Scope
): Promise<{ findMs: number; enqueueMs: number; instalments: number }> {
	const today = addDays(civilDateIn(services.clock.now(), 'Europe/Paris'), 3000);
	const [find, enqueue]: [number[], number[]] = [[], []];
	let instalments = 0;
	const timed = async (work: () => Promise<number>, into: number[]) => {
		const started = performance.now();
		const count = await work();
		into.push(performance.now() - started);
		if (into === find) instalments = count;
	};
	await inScope(services.db, scope, async (tx) => {
		await fill(tx, scope, today);
		await tx.execute(sql`delete from plan_charge`);
		for (let round = 0; round < ROUNDS; round++) {
			await timed(async () => (await listDue(tx, scope, today)).length, find);
			await tx
				.transaction(async (inner) => {
					await timed(() => enqueueDue(inner, scope, today, services.clock.now()), enqueue);
					throw new RolledBack(newId());
				})
				.catch((error: unknown) => {
					if (!(error instanceof RolledBack)) throw error;
				});
		}
		throw new RolledBack(newId());
	}).catch((error: unknown) => {
		if (!(error instanceof RolledBack)) throw error;
	});
	const median = (times: number[]): number =>
		required([...times].sort((a, b) => a - b)[Math.floor(times.length / 2)], 'time');
	return { findMs: median(find), enqueueMs: median(enqueue), instalments };
}
