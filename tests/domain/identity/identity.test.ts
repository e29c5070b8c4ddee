// A supplier's telephone and what its form says of it.
import { describe, expect, test } from 'vitest';
import { identityFrom, type TypedIdentity } from '#lib/contract/identity.ts';
import { formatPhone, parsePhone } from '#lib/domain/identity/phone.ts';

describe('a telephone number', () => {
	test.each([
		['04 78 30 12 00', '+33478301200'],
		['04.78.30.12.00', '+33478301200'],
		['+33 4 78 30 12 00', '+33478301200'],
		['0033478301200', '+33478301200'],
		['+33 (0)4 78 30 12 00', '+33478301200'],
		['+32 2 555 12 12', '+3225551212'],
		['+1 (212) 555-0100', '+12125550100']
	])('%s is %s', (typed, kept) => expect(parsePhone(typed)).toBe(kept));
	test.each([
		'',
		'12',
		'0478',
		'04 78 30 12',
		'00 78 30',
		'+33 4 78',
		'+0 123 456 789',
		'javascript:alert(1)',
		'04 78 30 12 00;x',
		'+1234567890123456'
	])('%j is none', (typed) => expect(parsePhone(typed)).toBeNull());
	test('is read in pairs', () => {
		expect(formatPhone('+33478301200', 'fr')).toBe('04\u00a078\u00a030\u00a012\u00a000');
		expect(formatPhone('+33478301200', 'en')).toBe('+33\u00a04\u00a078\u00a030\u00a012\u00a000');
		expect(formatPhone('+3225551212', 'fr')).toBe('+3225551212');
		for (const locale of ['fr', 'en'] as const)
			expect(parsePhone(formatPhone('+33478301200', locale))).toBe('+33478301200');
	});
});

const typed = (over: Partial<TypedIdentity> = {}): TypedIdentity => ({
	forme: 'SARL au capital de 10 000 €',
	siren: '552 100 554',
	telephone: '04 78 30 12 00',
	rue: '12 rue Mercière\r\n\r\nBâtiment B ',
	codePostal: '69002',
	ville: 'Lyon',
	...over
});
describe('the form', () => {
	test('what is typed is kept as papers say it', () =>
		expect(identityFrom(typed())).toEqual({
			ok: true,
			value: {
				legalForm: 'SARL au capital de 10 000 €',
				siren: '552100554',
				phone: '+33478301200',
				lines: ['12 rue Mercière', 'Bâtiment B'],
				postalCode: '69002',
				town: 'Lyon'
			}
		}));
	test('form, SIREN and telephone may be left empty', () => {
		const read = identityFrom(typed({ forme: ' ', siren: '', telephone: '' }));
		expect(read.ok && [read.value.legalForm, read.value.siren, read.value.phone]).toEqual([null, null, null]);
	});
	test('every field that is wrong is named, not only the first', () =>
		expect(
			identityFrom({
				forme: 'x'.repeat(101),
				siren: '552100555',
				telephone: '12',
				rue: '',
				codePostal: '?',
				ville: ' '
			})
		).toEqual({ ok: false, fields: ['forme', 'siren', 'telephone', 'rue', 'codePostal', 'ville'] }));
});
