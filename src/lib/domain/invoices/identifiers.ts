// Identifiers that carry their own check digits: SIREN, French VAT numbers, IBAN, RF references.
import { electronicFormatIBAN, getCountrySpecifications, isValidIBAN } from 'ibantools';
import { required } from '../required.ts';

/** Luhn over nine digits; La Poste's SIRET exception does not concern the nine-digit SIREN. */
export function isValidSiren(text: string): boolean {
	if (!/^\d{9}$/.test(text)) return false;
	const sum = [...text].reduce((total, digit, i) => {
		const value = Number(digit) * (i % 2 === 1 ? 2 : 1);
		return total + (value > 9 ? value - 9 : value);
	}, 0);
	return sum % 10 === 0;
}

/** SIREN inside a SIRET, an "FR" VAT number or as it is; null when there is none. */
export function sirenFrom(text: string | null): string | null {
	const digits = (text ?? '').replace(/[\s.]/g, '');
	if (/^\d{14}$/.test(digits)) return digits.slice(0, 9);
	if (/^FR[0-9A-Z]{2}\d{9}$/i.test(digits)) return digits.slice(4);
	return /^\d{9}$/.test(digits) ? digits : null;
}

/** The two digits before the SIREN of a French VAT number (CGI, annex II, article 242 nonies). */
export const vatKeyOf = (siren: string): string => String((12 + 3 * (Number(siren) % 97)) % 97).padStart(2, '0');
/** Only a French number with a key of digits can be checked; all others pass. */
export function hasValidVatKey(vatNumber: string): boolean {
	const [, key, siren] = /^FR(\d{2})(\d{9})$/i.exec(vatNumber) ?? [];
	return siren === undefined || key === vatKeyOf(siren);
}

/** Spaces, dots, hyphens and a leading "IBAN" are forgiven. */
export const compactIban = (text: string): string =>
	electronicFormatIBAN(text.replace(/^\s*IBAN/i, '').replaceAll('.', '')) ?? '';
export const isValidIban = (text: string): boolean => isValidIBAN(compactIban(text));
export const printIban = (iban: string): string => compactIban(iban).replace(/(.{4})(?=.)/g, '$1 ');

const LENGTHS = new Map(
	Object.entries(getCountrySpecifications()).flatMap(([country, { chars }]) =>
		chars ? [[country, chars] as const] : []
	)
);
/** What people put between the groups of an IBAN, and what hides there. */
const BETWEEN = /[^\p{L}\p{N}]{0,3}/uy;
/** Letters of other scripts that a reader takes for one of ours (https://www.unicode.org/Public/security/latest/confusables.txt, capitals only). */
const LOOK_ALIKES = new Map(
	[...'АВЕЅІЈКМНОРСТХУԌԚԜ']
		.map((letter, i) => [letter, required('ABESIJKMHOPCTXYGQW'[i], 'letter')] as const)
		.concat([...'ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹ'].map((letter, i) => [letter, required('ABEZHIKMNOPTYXC'[i], 'letter')] as const))
);
/** The IBANs in a text, valid by their check digits, however they are spaced: the first letter of each may stand anywhere. */
export function ibansIn(text: string): string[] {
	const found: string[] = [];
	const upper = [...text.normalize('NFKC').toUpperCase()].map((letter) => LOOK_ALIKES.get(letter) ?? letter).join('');
	for (const { index } of upper.matchAll(/[A-Z](?=[^\p{L}\p{N}]{0,3}[A-Z][^\p{L}\p{N}]{0,3}\d)/gu)) {
		let iban = '';
		let length = 2;
		for (let at = index; iban.length < length && /[A-Z0-9]/.test(upper[at] ?? '');) {
			iban += upper[at];
			if (iban.length === 2) length = LENGTHS.get(iban) ?? 0;
			BETWEEN.lastIndex = at + 1;
			at += 1 + (BETWEEN.exec(upper)?.[0].length ?? 0);
		}
		if (iban.length === length && isValidIBAN(iban)) found.push(iban);
	}
	return found;
}
/** Is it the account of this IBAN, written as an IBAN or as the number of its country (RIB, Kontonummer with its bank)? */
export const isSameAccount = (account: string, iban: string): boolean => {
	const [one, own] = [account.toUpperCase().replace(/[^0-9A-Z]/g, ''), compactIban(iban)];
	return one === own || one === own.slice(4);
};

const mod97 = (text: string): number => {
	let rest = 0;
	for (const c of text) {
		const value = /\d/.test(c) ? Number(c) : c.charCodeAt(0) - 55;
		rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
	}
	return rest;
};

/** ISO 11649 creditor reference: F2026-0042 gives RF69F20260042. Body is cut to 21 letters and digits, from the end. */
export function rfReference(invoiceNumber: string): string {
	const body =
		invoiceNumber
			.normalize('NFD')
			.toUpperCase()
			.replace(/[^0-9A-Z]/g, '')
			.slice(-21) || '0';
	return `RF${String(98 - mod97(`${body}RF00`)).padStart(2, '0')}${body}`;
}

export function isValidRf(text: string): boolean {
	const compact = text.replace(/\s/g, '').toUpperCase();
	return /^RF\d{2}[0-9A-Z]{1,21}$/.test(compact) && mod97(compact.slice(4) + compact.slice(0, 4)) === 1;
}
export const printReference = (reference: string): string => reference.replace(/(.{4})(?=.)/g, '$1 ');
