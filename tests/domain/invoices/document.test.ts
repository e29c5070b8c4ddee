// What a document is worth to its client: which way the debt goes, what is a deposit, which terms of its own count.
import { expect, test } from 'vitest';
import { civilDate } from '#lib/domain/calendar/civil-date.ts';
import { agreedInstalments, noteOf } from '#lib/domain/invoices/agreed-terms.ts';
import { debtOf, isDeposit, isShownToClient } from '#lib/domain/invoices/document.ts';
import { minor } from '#lib/domain/money/minor.ts';

const owed = (typeCode: string, due: bigint) => debtOf({ typeCode, dueMinor: minor(due) });
test('a credit note counts against what is owed, whichever sign its file gives it; it never becomes a debt', () => {
	for (const credit of ['261', '262', '381', '396', '502', '503'])
		expect([owed(credit, 500n), owed(credit, -500n), owed(credit, 0n)]).toEqual([-500n, -500n, 0n]);
});
test('an invoice keeps its sign: a negative one is a credit too', () => {
	for (const invoice of ['380', '386', '384', '500', ''])
		expect([owed(invoice, 500n), owed(invoice, -500n)]).toEqual([500n, -500n]);
});
test('deposits are invoices and credit notes of three types', () =>
	expect(['386', '500', '503', '380', '381', ''].map(isDeposit)).toEqual([true, true, true, false, false, false]));
test('a client sees the file of one invoice, never a list that holds those of others', () =>
	expect(['application/pdf', 'application/xml', 'text/csv', 'application/json', ''].map(isShownToClient)).toEqual([
		true,
		true,
		false,
		false,
		false
	]));

const part = (dueOn: string, amount: bigint) => ({ dueOn: civilDate(dueOn), amountMinor: minor(amount) });
test('parts are terms when they are several, each of something, and make what is due to the cent; in the order of their days', () => {
	const [first, second] = [part('2026-12-01', 500n), part('2026-12-31', 700n)];
	expect(agreedInstalments({ parts: [second, first] }, minor(1_200n))).toEqual([first, second]);
	expect(agreedInstalments({ parts: [first, second] }, minor(1_200n))).toEqual([first, second]);
	expect(agreedInstalments({ parts: [first, second] }, minor(1_201n))).toBeNull();
	expect(agreedInstalments({ parts: [part('2026-12-01', 1_200n)] }, minor(1_200n))).toBeNull();
	expect(agreedInstalments({ parts: [] }, minor(0n))).toBeNull();
	for (const nothing of [0n, -100n])
		expect(
			agreedInstalments({ parts: [first, part('2026-12-15', nothing), second] }, minor(1_200n + nothing))
		).toBeNull();
});
test('a note is one of the three that the law asks for, with its words', () => {
	expect(noteOf('PMT', '40 €')).toEqual([{ subject: 'PMT', text: '40 €' }]);
	expect([noteOf('PMD', 'x').length, noteOf('AAB', 'x').length]).toEqual([1, 1]);
	for (const [subject, text] of [
		['REG', 'x'],
		['XPMT', 'x'],
		['PMTX', 'x'],
		['PMT', ''],
		['PMT', null],
		[null, 'x']
	] as const)
		expect(noteOf(subject, text)).toEqual([]);
});
