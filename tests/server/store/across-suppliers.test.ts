// What must be unique over all suppliers: few things, each with its answer in docs/scaling.md for the day on which suppliers lie on several servers.
import { readFileSync } from 'node:fs';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let sql: postgres.Sql;
beforeAll(async () => {
	house = await openHouse();
	sql = postgres(house.databaseUrl, { max: 1, onnotice: () => {} });
});
afterAll(async () => {
	await sql.end();
	await house.close();
});

test('each has its answer, and no answer is left over', async () => {
	const rows = await sql<{ what: string }[]>`
		select c.relname || ' (' || string_agg(a.attname, ', ' order by k.place) || ')' as what
		from pg_index i join pg_class c on c.oid = i.indrelid
		cross join lateral unnest(i.indkey::int2[]) with ordinality k(number, place)
		join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number
		where i.indisunique and c.relnamespace = 'public'::regnamespace
		group by i.indexrelid, c.relname having not bool_or(a.attname = 'supplier_id') order by 1`;
	const answered = [...readFileSync('docs/scaling.md', 'utf8').matchAll(/`(\w+ \([\w, ]+\))`/g)].map(
		(found) => found[1]!
	);
	expect([...new Set(answered)].sort()).toEqual(rows.map(({ what }) => what).sort());
});
