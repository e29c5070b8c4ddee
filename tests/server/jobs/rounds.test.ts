// What the days bring, done twice: each task of a round that finds its suppliers by what is due does its work once, and nothing more when it comes again.
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PERIODIC } from '#lib/server/jobs/worker.ts';
import { chargeNextInstalments } from '#lib/server/use-cases/payments/collect-instalments.ts';
import { anInvoice, anOffer, aPayer, aSupplier, instalments, pay, type Cast } from '../../builders/parties.ts';
import { stageOf } from '../../builders/stage.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let superuser: postgres.Sql;
beforeAll(async () => {
	house = await openHouse();
	superuser = postgres(house.databaseUrl, { max: 1, onnotice: () => {} });
	cast = await aSupplier(house.services);
});
afterAll(async () => {
	await superuser.end();
	await house.close();
});
const stage = stageOf(() => ({ house, cast }));

const ROUND = PERIODIC.filter(({ name }) =>
	/parts of plans|plans in default|means of payment|cards that end|credit notes|points that expire|what was said/.test(
		name
	)
);
async function kept(): Promise<unknown> {
	const tables = ['plan', 'plan_part', 'plan_charge', 'payment_attempt', 'mail', 'credit_use', 'saved_method', 'audit'];
	const all: unknown[] = [];
	for (const table of tables)
		all.push([...(await superuser.unsafe(`select to_jsonb(t) as row from ${table} t order by to_jsonb(t)::text`))]);
	return all;
}

test('a plan from its first part to its default: whatever a round has done, the next one at the same hour leaves alone', async () => {
	await anOffer(house.services, cast, { discount: null, instalments: instalments({}) });
	const payer = await aPayer(house.services, cast);
	const invoiceId = await anInvoice(
		house.services,
		cast,
		{},
		{ grossMinor: 90_000, issuedOn: stage.inDays(0), dueOn: stage.inDays(30) }
	);
	const begun = await pay(house.services, payer, [invoiceId], 30_000, { option: 'plan_3', method: 'pm_card_visa' });
	expect(begun).toMatchObject({ ok: true });
	// Its card takes one instalment, ends before the last one, and is refused.
	const changes: Record<string, number> = {};
	let day = 0;
	for (const next of [13, 20, 33, 40, 43, 47, 60, 61]) {
		await house.advance(next - day);
		day = next;
		for (const { name, run } of ROUND) {
			const before = JSON.stringify(await kept());
			await run(house.services);
			const after = JSON.stringify(await kept());
			if (after !== before) changes[name] = (changes[name] ?? 0) + 1;
			await run(house.services);
			expect(JSON.stringify(await kept()), `${name}, day ${day}`).toBe(after);
		}
		while (await chargeNextInstalments(house.services));
		if (day === 20) {
			house.world.world.forced.card = 'pm_card_visa_chargeDeclinedInsufficientFunds';
			await superuser`update saved_method set (expiry_year, expiry_month) = (select extract(year from d), extract(month from d) from (select ${stage.inDays(-31)}::date as d) x)`;
		}
	}
	expect(changes).toEqual({
		'announce parts of plans': 2,
		'put parts of plans on the queue': 4,
		'tell of cards that end': 1,
		'break plans in default': 1
	});
});
