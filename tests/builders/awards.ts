// An award for a payment as the ledger keeps it, without the payment: for tests of what follows from awards.
import postgres from 'postgres';
import { newId } from '#lib/server/identity.ts';
import type { TestHouse } from '../setup/house.ts';

export async function anAward(
	{ databaseUrl, services }: TestHouse,
	{
		supplierId,
		clientId,
		actedOn = services.clock.now().toISOString().slice(0, 10),
		points = 120,
		kind = 'payment'
	}: { supplierId: string; clientId: string; actedOn?: string; points?: number; kind?: string }
): Promise<string> {
	const all = postgres(databaseUrl, { max: 1, onnotice: () => {} });
	const awardId = newId();
	try {
		// No attempt, no invoice, no programme: only what is said of it is on trial.
		await all.begin(async (tx) => {
			await tx`set local session_replication_role = replica`;
			await tx`insert into points_account (supplier_id, client_id, balance, pending, earned_in_year, tier, tier_since, streak, neutrals, created_at)
				values (${supplierId}, ${clientId}, 0, 0, 0, 0, ${actedOn}, 0, 0, now()) on conflict do nothing`;
			await tx`insert into points_award (supplier_id, award_id, client_id, kind, attempt_id, invoice_id, plan_id, version, verdict, days_early, multiplier_bps,
					base, early, sepa, points, amount_minor, due_on, acted_on, pending_points, earned_points, vesting_days, created_at)
				values (${supplierId}, ${awardId}, ${clientId}, ${kind}, ${newId()}, ${newId()}, ${kind === 'plan' ? newId() : null}, 1, 'on_time', 0, 10000,
					${points}, 0, 0, ${points}, 120000, ${actedOn}, ${actedOn}, 0, 0, 0, now())`;
		});
	} finally {
		await all.end();
	}
	return awardId;
}
