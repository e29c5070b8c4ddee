// What an import says before it is confirmed is what it does: who gets a mail and who does not, and what each client is. What nobody knows is not guessed.
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#lib/server/identity.ts';
import { client, contact, mail, securityEvent } from '#lib/server/store/schema/index.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { setKind } from '#lib/server/use-cases/clients/set-kind.ts';
import { chooseKindOf, confirmImport } from '#lib/server/use-cases/imports/decide-import.ts';
import { readImport } from '#lib/server/use-cases/imports/read-import.ts';
import { receiveFiles } from '#lib/server/use-cases/imports/receive-files.ts';
import { aPayer, aSupplier, type Cast } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let serial = 0;
beforeAll(async () => {
	house = await openHouse(['acct_a', 'acct_b']);
	cast = await aSupplier(house.services, 'acct_a');
});
afterAll(() => house.close());

type Buyer = { name: string; email?: string; siren?: string; kind?: 'business' | 'consumer' };
const jsonOf = (invoices: (Buyer & { currency?: string })[]) => ({
	name: `${newId()}.json`,
	bytes: new TextEncoder().encode(
		JSON.stringify({
			invoices: invoices.map(({ currency = 'EUR', ...buyer }) => ({
				number: `V-${++serial}`,
				issued_on: '2026-11-12',
				due_on: '2026-12-12',
				currency,
				client: buyer,
				net_minor: '10000',
				vat_lines: [{ rate_bps: 2000, base_minor: '10000', vat_minor: '2000' }],
				gross_minor: '12000'
			}))
		})
	)
});
const csvOf = (rows: { name: string; email: string; iban?: string }[]) => ({
	name: `${newId()}.csv`,
	bytes: new TextEncoder().encode(
		`Numéro;Date;Échéance;Client;Email;Montant TTC;IBAN\n${rows
			.map(({ name, email, iban = '' }) => `V-${++serial};12/11/2026;12/12/2026;${name};${email};120,00;${iban}`)
			.join('\n')}\n`
	)
});
async function opened(files: { name: string; bytes: Uint8Array }[]): Promise<string> {
	const importId = newId();
	expect(await receiveFiles(house.services, cast.owner, { importId, files, isLast: true })).toMatchObject({ ok: true });
	await house.drain();
	return importId;
}
async function foreseen(importId: string) {
	const page = await readImport(house.services, cast.owner, importId, { clientPage: 1 });
	if (!page.ok || !page.value.foreseen) throw new Error('nothing is foreseen');
	return page.value.foreseen;
}
const queued = async () =>
	(await house.services.db.system.select().from(mail).where(eq(mail.kind, 'invoice_to_pay'))).length;
async function confirmed(importId: string, acceptsReview: boolean): Promise<number> {
	const before = await queued();
	expect(await confirmImport(house.services, cast.owner, importId, { sendsMails: true, acceptsReview })).toMatchObject({
		ok: true
	});
	await house.drain();
	return (await queued()) - before;
}
const asSystem = <T>(work: Parameters<typeof inScope<T>>[2]) => inScope(house.services.db, cast.system, work);
const clientNamed = async (name: string) =>
	(await asSystem((tx) => tx.select().from(client).where(eq(client.name, name))))[0];

const mixed = async () => {
	const tag = newId().slice(-6);
	await aPayer(house.services, cast, `connue${tag}@x.example`, `Connue ${tag}`);
	await aPayer(house.services, cast, `muette${tag}@x.example`, `Muette ${tag}`, { isBilling: false });
	const bounced = await aPayer(house.services, cast, `rebond${tag}@x.example`, `Rebond ${tag}`);
	await inScope(house.services.db, cast.system, (tx) =>
		tx
			.update(contact)
			.set({ mailProblem: '550 no such user', mailProblemAt: house.services.clock.now() })
			.where(eq(contact.contactId, bounced.contactId))
	);
	const foreign = { iban: 'FR7610107001011234567890129' };
	return opened([
		jsonOf([
			// Known by its name, its address on file and not in the file.
			{ name: `Connue ${tag}` },
			{ name: `Connue ${tag}` },
			{ name: `Muette ${tag}` },
			{ name: `Rebond ${tag}` },
			{ name: `Neuve ${tag}`, email: `neuve${tag}@x.example`, siren: '732829320' },
			// The same company, two people: whichever block of the list it is in.
			{ name: `Neuve ${tag}`, email: `neuve2${tag}@x.example`, siren: '732829320' },
			{ name: `Sans adresse ${tag}` },
			{ name: `Dollars ${tag}`, email: `usd${tag}@x.example`, currency: 'USD' }
		]),
		csvOf([
			{ name: `Liste ${tag}`, email: `liste${tag}@x.example` },
			{ name: `Connue ${tag}`, email: `connue${tag}@x.example` },
			// Another account to pay to is looked at first.
			{ name: `Compte ${tag}`, email: `compte${tag}@x.example`, ...foreign }
		])
	]);
};
test('the number that is announced is the number of mails in the queue', async () => {
	const importId = await mixed();
	const said = await foreseen(importId);
	expect(said.mails).toBe(2 + 1 + 4 + 1 + 1);
	expect(await confirmed(importId, false)).toBe(said.mails);
});
test('with what asks for a look, once it is accepted, too', async () => {
	const importId = await mixed();
	const said = await foreseen(importId);
	expect(said.mailsReviewed).toBeGreaterThan(said.mails);
	expect(await confirmed(importId, true)).toBe(said.mailsReviewed);
});
test('a client that came to be known in between: its invoices under another address wait, and are not counted', async () => {
	const tag = newId().slice(-6);
	const siren = '732829320';
	const of = (email: string) => jsonOf([{ name: `Entre ${tag}`, siren, email: `${email}${tag}@x.example` }]);
	// Its SIREN is known of the tests before: a supplier of its own.
	const before = cast;
	cast = await aSupplier(house.services, 'acct_b', 'Canuts');
	const [first, second] = [await opened([of('un')]), await opened([of('deux')])];
	await confirmed(first, false);
	expect(await foreseen(second)).toMatchObject({ mails: 0, mailsReviewed: 1 });
	expect(await confirmed(second, false)).toBe(0);
	cast = before;
});
test('two people of one new company, far apart in a long list: both are its contacts, and every invoice goes to both', async () => {
	const tag = newId().slice(-6);
	const of = (email: string) => ({ name: `Longue ${tag}`, siren: '443061841', email: `${email}${tag}@x.example` });
	const between = Array.from({ length: 400 }, (_, i) => ({ name: `Sans adresse ${tag} ${i}` }));
	const importId = await opened([jsonOf([of('un'), ...between, of('deux')])]);
	expect((await foreseen(importId)).mails).toBe(4);
	expect(await confirmed(importId, false)).toBe(4);
});
test('each client is told with who gets its mails, and an address that bounced', async () => {
	const importId = await mixed();
	const { clients } = await foreseen(importId);
	const about = (word: string) => clients.find((one) => one.name.startsWith(word));
	expect(about('Connue')).toMatchObject({ isNew: false, payable: 3, recipients: [{ problem: null }] });
	expect(about('Muette')).toMatchObject({ payable: 1, recipients: [] });
	expect(about('Rebond')).toMatchObject({ recipients: [{ problem: '550 no such user' }] });
	expect(about('Sans')).toMatchObject({ isNew: true, recipients: [] });
	expect(about('Dollars')).toMatchObject({ payable: 0, others: 1 });
});

test('without a number and without a word, a client is neither company nor private person', async () => {
	const tag = newId().slice(-6);
	const importId = await opened([
		jsonOf([
			{ name: `Mairie ${tag}` },
			{ name: `Numéro ${tag}`, siren: '542107651' },
			{ name: `Dite ${tag}`, kind: 'consumer' }
		])
	]);
	expect((await foreseen(importId)).clients.map(({ kind, kindFrom }) => [kind, kindFrom])).toEqual([
		['unknown', null],
		['business', 'identifier'],
		['consumer', 'file']
	]);
	await confirmed(importId, false);
	expect(await clientNamed(`Mairie ${tag}`)).toMatchObject({ kind: 'unknown', kindFrom: null });
	expect(await clientNamed(`Numéro ${tag}`)).toMatchObject({ kind: 'business', kindFrom: 'identifier' });
	expect(await clientNamed(`Dite ${tag}`)).toMatchObject({ kind: 'consumer', kindFrom: 'file' });
});
test('a person says it in the preview; no later file changes it, and what nobody knew a file may teach', async () => {
	const tag = newId().slice(-6);
	const [said, silent] = [`Dit ${tag}`, `Tu ${tag}`];
	const importId = await opened([
		jsonOf([
			{ name: said, email: `d${tag}@x.example` },
			{ name: silent, email: `t${tag}@x.example` }
		])
	]);
	const buyer = (await foreseen(importId)).clients.find((one) => one.name === said);
	const choice = { buyerKey: buyer?.buyerKey ?? '', kind: 'consumer' as const };
	expect(await chooseKindOf(house.services, cast.readOnly, importId, choice)).toMatchObject({ ok: false });
	expect(await chooseKindOf(house.services, cast.owner, importId, choice)).toEqual({ ok: true, value: null });
	expect((await foreseen(importId)).clients.find((one) => one.name === said)).toMatchObject({
		kind: 'consumer',
		kindFrom: 'person'
	});
	await confirmed(importId, false);
	const later = await opened([
		jsonOf([
			{ name: said, email: `d${tag}@x.example`, kind: 'business' },
			{ name: silent, email: `t${tag}@x.example`, kind: 'business' }
		])
	]);
	expect((await foreseen(later)).clients.find((one) => one.name === said)).toMatchObject({
		kind: 'consumer',
		isContradicted: true
	});
	await confirmed(later, false);
	expect(await clientNamed(said)).toMatchObject({ kind: 'consumer', kindFrom: 'person' });
	expect(await clientNamed(silent)).toMatchObject({ kind: 'business', kindFrom: 'file' });
	const known = await clientNamed(said);
	await setKind(house.services, cast.owner, { clientId: known?.clientId ?? '', kind: 'business' });
	expect(await clientNamed(said)).toMatchObject({ kind: 'business', kindFrom: 'person' });
	const events = await asSystem((tx) =>
		tx.select().from(securityEvent).where(eq(securityEvent.kind, 'client_changed')).orderBy(securityEvent.occurredAt)
	);
	expect(events.at(-1)?.detail).toMatchObject({ client: said, kindBefore: 'consumer', kindAfter: 'business' });
});
