// Identifiers that check themselves, and the code a banking app scans, against published values.
import { describe, expect, test } from 'vitest';
import {
	compactIban,
	isValidIban,
	isValidRf,
	isValidSiren,
	printIban,
	rfReference,
	sirenFrom
} from '#lib/domain/invoices/identifiers.ts';
import { epcPayload } from '#lib/domain/invoices/transfer.ts';
import { minor } from '#lib/domain/money/minor.ts';

test('RF references: the published example, ours, and one digit off', () => {
	expect(isValidRf('RF18 5390 0754 7034')).toBe(true);
	expect(rfReference('F2026-0042')).toBe('RF69F20260042');
	expect(isValidRf('RF69F20260042')).toBe(true);
	expect(isValidRf('RF69F20260043')).toBe(false);
	expect(isValidRf(rfReference('Été/2026 n° 12'))).toBe(true);
});
test('IBANs: spaces forgiven, one digit off refused', () => {
	expect(isValidIban('FR76 3000 6000 0112 3456 7890 189')).toBe(true);
	expect(isValidIban('FR7630006000011234567890188')).toBe(false);
	expect(compactIban('IBAN FR76-3000.6000 0112 3456 7890 189')).toBe('FR7630006000011234567890189');
	expect(printIban('FR7630006000011234567890189')).toBe('FR76 3000 6000 0112 3456 7890 189');
});
test('SIREN by Luhn, also out of a SIRET or a VAT number', () => {
	expect([isValidSiren('552100554'), isValidSiren('987654321'), isValidSiren('AAAAAAAAA')]).toEqual([
		true,
		false,
		false
	]);
	expect([sirenFrom('55210055400013'), sirenFrom('FR40 552 100 554'), sirenFrom('DE123')]).toEqual([
		'552100554',
		'552100554',
		null
	]);
});
describe('the EPC code', () => {
	const base = {
		holder: 'ATELIER LUMEN SARL',
		iban: 'FR7630006000011234567890189',
		bic: null,
		reference: 'RF69F20260042',
		amountMinor: minor(120000n)
	};
	test('has the lines of EPC069-12, reference last, nothing after it', () =>
		expect(epcPayload(base)).toBe(
			'BCD\n002\n1\nSCT\n\nATELIER LUMEN SARL\nFR7630006000011234567890189\nEUR1200\n\nRF69F20260042'
		));
	test('drops a trailing zero as the reference payloads do', () =>
		expect(epcPayload({ ...base, amountMinor: minor(1230n) })).toContain('EUR12.3\n'));
	test('names the bank where it is known, and ends with the amount where there is no reference', () => {
		expect(epcPayload({ ...base, bic: 'AGRIFRPP' })?.split('\n')[4]).toBe('AGRIFRPP');
		expect(
			epcPayload({ ...base, reference: '' })
				?.split('\n')
				.slice(6)
		).toEqual(['FR7630006000011234567890189', 'EUR1200']);
		expect(epcPayload({ ...base, holder: 'x'.repeat(71) })?.split('\n')[5]).toBe('x'.repeat(70));
	});
	test('says every cent, from one to the most that a transfer carries', () => {
		const amount = (cents: bigint) => epcPayload({ ...base, amountMinor: minor(cents) })?.split('\n')[7];
		expect([1n, 10n, 1_005n, 100_000n, 99_999_999_999n].map(amount)).toEqual([
			'EUR0.01',
			'EUR0.1',
			'EUR10.05',
			'EUR1000',
			'EUR999999999.99'
		]);
		expect([0n, -100n, 100_000_000_000n].map(amount)).toEqual([undefined, undefined, undefined]);
	});
	test('is not drawn for an account that fails its check', () =>
		expect(epcPayload({ ...base, iban: 'FR7630006000011234567890188' })).toBeNull());
});
