// What browsers report of our pages is kept once per kind, without a token, and never more than a little.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { purgeExpired } from '#lib/server/use-cases/upkeep/purge-expired.ts';
import { notePageReports, readReports } from '#lib/server/use-cases/upkeep/note-page-reports.ts';
import { listPageReports } from '#lib/server/store/page-reports.ts';
import { pageReport } from '#lib/server/store/schema/index.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
beforeAll(async () => {
	house = await openHouse();
});
afterAll(() => house.close());
const TOKEN = 'aB3_dE5-gH7jK9mN1pQ3sT5vW7yZ9bC1eF3hJ5kL7nP';
const ORIGIN = 'http://localhost:1';
const old = (over: Record<string, string> = {}) =>
	JSON.stringify({
		'csp-report': {
			'document-uri': `${ORIGIN}/p/${TOKEN}?choix=${TOKEN}`,
			'effective-directive': 'script-src-elem',
			'blocked-uri': `https://evil.example/steal.js?${TOKEN}`,
			'source-file': `${ORIGIN}/p/${TOKEN}`,
			'script-sample': 'card 4242424242424242',
			disposition: 'enforce',
			...over
		}
	});
const note = async (body: string) => notePageReports(house.services, readReports(body) ?? []);

test('the same report a hundred times is one row, counted; neither token, query nor sample is in it', async () => {
	for (let i = 0; i < 100; i += 1) await note(old());
	const [row, ...others] = await listPageReports(house.services.db);
	expect(others).toEqual([]);
	expect(row).toMatchObject({
		page: '/p/[…]',
		directive: 'script-src-elem',
		blocked: 'https://evil.example',
		source: '/p/[…]',
		enforced: true,
		times: 100
	});
	expect(JSON.stringify(row)).not.toMatch(/4242|choix|aB3_/);
});
test('both forms of a report are understood, and of other sites’ pages nothing is kept', async () => {
	const before = (await listPageReports(house.services.db)).length;
	const body = {
		documentURL: `${ORIGIN}/portail/payer?facture=x`,
		effectiveDirective: 'require-trusted-types-for',
		blockedURL: 'trusted-types-sink',
		sourceFile: null,
		disposition: 'report'
	};
	const batch = (over = {}) =>
		JSON.stringify([
			{ type: 'csp-violation', body: { ...body, ...over } },
			{ type: 'deprecation', body: {} }
		]);
	await note(batch());
	await note(batch({ documentURL: 'https://elsewhere.example/p/x' }));
	await note(batch({ effectiveDirective: '<script>' }));
	const rows = await listPageReports(house.services.db);
	expect(rows).toHaveLength(before + 1);
	expect(rows.find(({ directive }) => directive === 'require-trusted-types-for')).toMatchObject({
		page: '/portail/payer',
		blocked: 'trusted-types-sink',
		source: '',
		enforced: false
	});
});
test('whatever is sent, nothing breaks', async () => {
	const odd = [
		'',
		'{',
		'null',
		'[]',
		'[null,1,{"type":"csp-violation"}]',
		'{"csp-report":{}}',
		'{"csp-report":{"document-uri":7}}',
		`{"csp-report":{"document-uri":"\\u0000"}}`,
		'"x"'
	];
	for (const body of odd) await note(body);
	await note(old({ 'blocked-uri': 'x'.repeat(3999), 'source-file': 'data:text/html,\u0000' }));
	await note(old({ 'document-uri': `${ORIGIN}/${'a/'.repeat(1500)}` }));
	expect(readReports('{')).toBeNull();
	expect(readReports('{"a":1}')).toBeNull();
});
test('a stranger who invents kinds fills no table, and what is old is forgotten', async () => {
	for (let i = 0; i < 520; i += 1) await note(old({ 'blocked-uri': `https://h${i}.example` }));
	// Counted in the table: the list has an end of its own.
	expect(await house.services.db.system.$count(pageReport)).toBe(500);
	await house.advance(91);
	await purgeExpired(house.services);
	expect(await listPageReports(house.services.db)).toEqual([]);
});
