// What every page asks is written once and asked on many connections: each transaction gets its own rows, and what is left out of a question is left out of its text.
import { and, asc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { getSupplier } from '#lib/server/store/suppliers.ts';
import { contact } from '#lib/server/store/schema/index.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { writtenOnce } from '#lib/server/store/written-once.ts';
import { aPayer, aSupplier, type Cast } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let [lumen, canuts] = [] as unknown as [Cast, Cast];
beforeAll(async () => {
	house = await openHouse();
	lumen = await aSupplier(house.services, 'acct_lumen', 'Lumen');
	canuts = await aSupplier(house.services, 'acct_canuts', 'Canuts');
	await aPayer(house.services, lumen, 'a@lumen.example');
	await aPayer(house.services, lumen, 'b@lumen.example');
	await aPayer(house.services, canuts, 'c@canuts.example');
});
afterAll(() => house.close());

let written = 0;
const contacts = writtenOnce<{ supplierId: string; email?: string | null }>()((tx, given) => {
	written += 1;
	return tx
		.select({ email: contact.email, createdAt: contact.mailProblemAt })
		.from(contact)
		.where(and(eq(contact.supplierId, given.supplierId), given.email && eq(contact.email, given.email)))
		.orderBy(asc(contact.email));
});
const emailsOf = (cast: Cast, email?: string | null) =>
	inScope(house.services.db, cast.system, async (tx) =>
		(await contacts(tx, { supplierId: cast.supplierId, ...(email === undefined ? {} : { email }) })).map(
			(row) => row.email
		)
	);

test('many transactions at once, of two suppliers: each is answered from its own scope', async () => {
	const asked = Array.from({ length: 40 }, (_, i) => (i % 2 ? canuts : lumen));
	const names = await Promise.all(
		asked.map((cast) => inScope(house.services.db, cast.system, (tx) => getSupplier(tx, cast.system)))
	);
	expect(names.map(({ supplierId }) => supplierId)).toEqual(asked.map(({ supplierId }) => supplierId));
	// A scope that asks for another supplier sees nothing of it.
	await expect(
		inScope(house.services.db, lumen.system, (tx) => contacts(tx, { supplierId: canuts.supplierId }))
	).resolves.toEqual([]);
});
test('a value that is left out, or null, is no condition; each way to ask is written once', async () => {
	written = 0;
	for (let i = 0; i < 3; i++) {
		expect(await emailsOf(lumen)).toEqual(['a@lumen.example', 'b@lumen.example']);
		expect(await emailsOf(lumen, null)).toHaveLength(2);
		expect(await emailsOf(lumen, 'b@lumen.example')).toEqual(['b@lumen.example']);
		expect(await emailsOf(canuts)).toEqual(['c@canuts.example']);
	}
	expect(written).toBeLessThanOrEqual(2);
});
