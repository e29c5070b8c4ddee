// One address is one recipient; one name is one line.
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { AskSignIn } from '#lib/contract/access.ts';
import { ibansIn, isSameAccount } from '#lib/domain/invoices/identifiers.ts';
import { mailboxOf } from '#lib/domain/mail/mailbox.ts';
import { oneLine } from '#lib/domain/mail/one-line.ts';

/** What some program somewhere reads as more than one recipient, another header, a route, or another name than it shows. */
export const HOSTILE = [
	'a@x.example,b@y.example',
	'a@x.example;b@y.example',
	'a@x.example b@y.example',
	'grp:a@x.example,b@y.example;',
	'Paul <a@x.example>',
	'"a@x.example"@y.example',
	'"a b"@y.example',
	'a@x.example\r\nBcc: b@y.example',
	'a@x.example\nb@y.example',
	'a@x.example%0d%0abcc:b@y.example',
	'a%y.example@x.example',
	'y.example!a@x.example',
	'@y.example:a@x.example',
	'a@[127.0.0.1]',
	'a@localhost',
	'a@x.123',
	'a@x..example',
	'.a@x.example',
	'a..b@x.example',
	'a@-x.example',
	'a(b)@x.example',
	'a@x.example\u202e',
	'a\u202e@elpmaxe.x',
	'a@x.ex\u0430mple',
	'\u0430@x.example',
	'a@ｘ.example',
	'a@x.example\u0000',
	`${'a'.repeat(65)}@x.example`,
	`a@${'x.'.repeat(126)}example`,
	`${'a'.repeat(64)}@${'x'.repeat(60)}.${'x'.repeat(60)}.${'x'.repeat(60)}.example`,
	''
];
test.each(HOSTILE)('%j is no address, in a file as at sign-in', (text) => {
	expect(mailboxOf(text)).toBeNull();
	expect(v.is(AskSignIn, { email: text })).toBe(false);
});
test.each([
	[' Paul.Roche+factures@Roche.Example ', 'paul.roche+factures@roche.example'],
	["o'neil@x.example", "o'neil@x.example"],
	['a_b-c@sub.x-y.example', 'a_b-c@sub.x-y.example'],
	['compta@xn--entrept-s4a.example', 'compta@xn--entrept-s4a.example']
])('%j is one', (text, address) => {
	expect(mailboxOf(text)).toBe(address);
	expect(v.parse(AskSignIn, { email: text })).toEqual({ email: address });
});
test('a name is one line, in the direction it is written', () => {
	expect(oneLine('Paul\r\nBcc: x\u2028y\u0085z\u202egpj.exe\t')).toBe('Paul Bcc: x y z gpj.exe');
	expect(oneLine('Société d’Éclairage & Fils – 株式会社')).toBe('Société d’Éclairage & Fils – 株式会社');
});
test.each([
	['FR76 3000 6000 0112 3456 7890 189 BIC AGRIFRPP', ['FR7630006000011234567890189']],
	['F.R-7\u200b6 3000 6000 0112 3456 7890 189', ['FR7630006000011234567890189']],
	['IBANDE89370400440532013000.', ['DE89370400440532013000']],
	['ＦＲ76 3000 6000 0112 3456 7890 189', ['FR7630006000011234567890189']],
	['ВЕ68 5390 0754 7034', ['BE68539007547034']],
	['ΜТ84МАLТ011000012345МТLСАSТ001Ѕ', ['MT84MALT011000012345MTLCAST001S']],
	['FR76 3000 6000 0112 3456 7890 188', []],
	['SIREN 552100554, TVA FR96552100554, le 12/12/2026, 1 200,00 €', []]
])('the accounts in %j are found however they are spaced', (text, accounts) => expect(ibansIn(text)).toEqual(accounts));
test('an account is the same as an IBAN and as the number of its bank', () => {
	const own = 'FR76 3000 6000 0112 3456 7890 189';
	expect(isSameAccount('FR7630006000011234567890189', own)).toBe(true);
	expect(isSameAccount('30006 00001 12345678901 89', own)).toBe(true);
	expect(isSameAccount('30006 00001 12345678901 88', own)).toBe(false);
});
