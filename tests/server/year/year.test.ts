// A simulated year, lived twice: the same books to the byte, balanced; no instalment is paid twice; each discount is the one its quote gave.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { paidTwice, requoted, simulateYear, unbalanced, unpointed, type Outcome } from './simulate.ts';

const INVOICES = 500;
let years: Outcome[];
beforeAll(async () => {
	years = await Promise.all([simulateYear(2026, INVOICES), simulateYear(2026, INVOICES)]);
}, 900_000);
afterAll(async () => {
	for (const { house } of years) await house.close();
});

test('the year is full: invoices, payments, discounts given and taken back, plans completed and broken', () => {
	const { totals } = years[0]!;
	console.info('simulated year', totals);
	expect(Number(totals.invoices)).toBe(INVOICES);
	for (const kind of [
		'payments',
		'discounts',
		'discounts_voided',
		'plans_completed',
		'plans_in_default',
		'reversals',
		'points_earned',
		'points_spent',
		'points_reversed',
		'points_expired',
		'points_bonuses'
	])
		expect(Number(totals[kind]), kind).toBeGreaterThan(0);
});
test('the ledger balances, as a whole and invoice by invoice', async () => {
	for (const year of years) {
		expect(year.totals.debit).toBe(year.totals.credit);
		expect(await unbalanced(year)).toEqual([]);
	}
});
test('points add up, client by client, and nobody’s are below zero but after money went back', async () => {
	for (const year of years) expect(await unpointed(year)).toEqual([]);
});
test('no part is paid twice', async () => {
	for (const year of years) expect(await paidTwice(year)).toEqual([]);
});
test('every discount is justified: asked again, the question that was kept gives the same discount', async () => {
	const pairs = await requoted(years[0]!);
	expect(pairs.length).toBeGreaterThan(0);
	expect(pairs.filter(({ given, quoted }) => given !== quoted)).toEqual([]);
});
test('lived twice, it is the same year, byte for byte', () => {
	expect(years[1]!.dump).toBe(years[0]!.dump);
});
