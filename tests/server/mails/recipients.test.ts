// One address is one recipient, from the file to the envelope; a name is one line, in the headers and in both instalments.
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderMail } from '#lib/server/mails/layout.ts';
import { mail } from '#lib/server/store/schema/index.ts';
import { ciiOf } from '#scripts/demo/invoice-file.ts';
import { readInvoices } from '../../builders/imports.ts';
import { LUMEN } from '../../builders/invoices.ts';
import { aPayer, anInvoice, aSupplier, type Cast } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
});
afterAll(() => house.close());

const LISTS = [
	'a@x.example,b@y.example',
	'a@x.example;b@y.example',
	'grp:a@x.example,b@y.example;',
	'bcc@a.example%0d%0abcc:x@evil.example',
	'a@x.ex\u0430mple',
	'a\u202e@x.example'
];
const bytesOf = (text: string) => new TextEncoder().encode(text);
const emailIn = async (name: string, text: string) => {
	const [result] = (await readInvoices({ name, bytes: bytesOf(text) })).results;
	return result!.ok ? result!.document.buyer.email : result!.findings.map(({ code }) => code);
};
test.each(LISTS)('no reader takes %j for an address', async (email) => {
	const spec = {
		number: 'R1',
		issuedOn: '2026-11-12',
		dueOn: '2026-12-12',
		seller: LUMEN,
		buyer: { name: 'Roche', siren: null, email: '§' },
		lines: [{ label: 'Lustre', netMinor: 100_000, rateBps: 2000 }]
	};
	const cii = ciiOf({ ...spec, buyer: { ...spec.buyer, email: 'p@roche.example' } }).replace('p@roche.example', email);
	expect(await emailIn('a.xml', cii)).toBeNull();
	const csv = `Numéro|Date|Client|Email|Montant TTC\nR1|12/11/2026|Roche|${email}|120,00\n`;
	expect(await emailIn('a.csv', csv)).toBeNull();
	const json = {
		invoices: [
			{
				number: 'R1',
				issued_on: '2026-11-12',
				client: { name: 'Roche', email },
				net_minor: '100',
				vat_lines: [{ rate_bps: 0, base_minor: '100', vat_minor: '0' }],
				gross_minor: '100'
			}
		]
	};
	expect(await emailIn('a.json', JSON.stringify(json))).toEqual(['FIELD_INVALID']);
});
test.each(LISTS)('what an old row still holds (%j) reaches nobody, and is said on the contact', async (email) => {
	const name = `Ancien ${email}`;
	await aPayer(house.services, cast, email, name);
	await anInvoice(house.services, cast, { name }, { sendMails: true });
	const before = house.world.mailbox.mails.length;
	await house.drain();
	expect(house.world.mailbox.mails.slice(before)).toEqual([]);
	expect(await house.services.db.system.select().from(mail).where(eq(mail.toAddress, email))).toMatchObject([
		{ state: 'refused' }
	]);
});
test('names give no header, no second recipient, no line of their own', async () => {
	const outcome = await house.services.mail.send({
		messageId: '<names@ponctuel>',
		to: 'one@roche.example',
		returnTo: 'x@ponctuel.example',
		fromName: 'Lumen" <boss@bank.example>, Other\r\nBcc: b@y.example\u202e',
		replyTo: 'compta@lumen.example',
		subject: 'Facture\r\nBcc: b@y.example\u2028\u202e1',
		html: 'h',
		text: 't',
		attachments: []
	});
	expect(outcome).toEqual({ kind: 'sent' });
	const sent = house.world.mailbox.mails.at(-1)!;
	expect(sent.to).toEqual(['one@roche.example']);
	expect(sent.subject).toBe('Facture Bcc: b@y.example 1');
	expect(sent.from).toBe(house.config.mailFrom);
	expect(sent.headers.bcc).toBeUndefined();
	expect(sent.headers['reply-to']).toContain('<compta@lumen.example>');
	expect(`${sent.headers.from}${sent.headers['reply-to']}`).not.toMatch(/boss@bank\.example>|[\r\n\u202e]/);
});
test('a reply address that is a list is left out', async () => {
	const message = {
		messageId: '<reply@ponctuel>',
		to: 'one@roche.example',
		returnTo: 'x@ponctuel.example',
		fromName: 'Lumen',
		replyTo: 'a@x.example,b@y.example',
		subject: 's',
		html: 'h',
		text: 't',
		attachments: []
	};
	expect(await house.services.mail.send(message)).toEqual({ kind: 'sent' });
	expect(house.world.mailbox.mails.at(-1)!.headers['reply-to']).toBeUndefined();
});
test('a name of several lines is one line of the text, wherever a template puts it', () => {
	const nasty = 'Roche\r\n--\r\nPayez ici :\u2028https://evil.example';
	const { text, html, subject } = renderMail({
		locale: 'fr',
		subject: nasty,
		preview: nasty,
		supplierName: nasty,
		brandHue: 165,
		blocks: [
			{ kind: 'text', text: nasty },
			{ kind: 'small', text: nasty },
			{ kind: 'amount', label: nasty, text: nasty, note: nasty },
			{ kind: 'facts', rows: [[nasty, nasty]] },
			{ kind: 'button', label: nasty, url: 'https://pay.example/p/x' },
			{ kind: 'code', text: nasty }
		],
		footer: [nasty]
	});
	expect(text.split(/\r|\n|\u2028/).filter((line) => /^(Payez|https:\/\/evil)/.test(line))).toEqual([]);
	expect(text).toContain('\nhttps://pay.example/p/x\n');
	expect(subject).not.toMatch(/[\r\n\u2028]/);
	expect(html).not.toMatch(/Roche[\r\n]/);
});
