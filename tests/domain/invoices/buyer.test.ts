// Who a buyer of a file is, among the clients that are known: what is surest first, and never a namesake's invoices.
import { describe, expect, test } from 'vitest';
import { buyerKey, KnownClients, tidyBuyer, type KnownClient } from '#lib/domain/invoices/buyer.ts';
import type { Party } from '#lib/domain/invoices/document.ts';
import { getsInvoices, getsNews } from '#lib/domain/mail/recipients.ts';

const client = (clientId: string, over: Partial<KnownClient> = {}): KnownClient => ({
	clientId,
	name: 'Menuiserie Roche',
	siren: null,
	vatNumber: null,
	emails: [],
	...over
});
const buyer = (over: Partial<Party> = {}): Party => ({
	name: 'Menuiserie Roche',
	siren: null,
	vatNumber: null,
	email: null,
	...over
});
const matched = (clients: KnownClient[], of: Partial<Party>) => {
	const found = new KnownClients(clients).match(buyer(of));
	return found && [found.client.clientId, found.by];
};
const [SIREN, OTHER] = ['552100554', '732829320'];

describe('in the order of what is surest', () => {
	const all = [
		client('name'),
		client('email', { name: 'Autre', emails: ['paul@roche.example'] }),
		client('vat', { name: 'Tierce', vatNumber: 'FR40552100554' }),
		client('siren', { name: 'Quarte', siren: SIREN })
	];
	const everything = { siren: SIREN, vatNumber: 'FR40552100554', email: 'paul@roche.example' };
	test('the SIREN, then the VAT number, then the address, then the name', () => {
		expect(matched(all, everything)).toEqual(['siren', 'siren']);
		expect(matched(all, { ...everything, siren: null })).toEqual(['vat', 'vat_number']);
		expect(matched(all, { email: 'paul@roche.example' })).toEqual(['email', 'email']);
		expect(matched(all, {})).toEqual(['name', 'name']);
		expect(matched(all, { name: 'Inconnue' })).toBeNull();
		expect(matched([], everything)).toBeNull();
	});
	test('capitals make no other name', () => {
		expect(matched(all, { name: 'MENUISERIE ROCHE' })).toEqual(['name', 'name']);
		expect(matched([client('a', { name: 'ÉTÉ' })], { name: 'été' })).toEqual(['a', 'name']);
	});
	test('of several under one number, the one of that name, else the oldest', () => {
		const two = [client('old', { name: 'Siège', siren: SIREN }), client('shop', { siren: SIREN })];
		expect(matched(two, { siren: SIREN })).toEqual(['shop', 'siren']);
		expect(matched(two, { siren: SIREN, name: 'Dépôt' })).toEqual(['old', 'siren']);
	});
});

describe('nobody gets another’s invoices', () => {
	test('several under one address are told apart by their name, else it is none of them', () => {
		const two = ['a', 'b'].map((id) => client(id, { name: id, emails: ['compta@cabinet.example'] }));
		const at = (name: string) => matched(two, { name, email: 'compta@cabinet.example' });
		expect([at('b'), at('A'), at('c')]).toEqual([['b', 'email'], ['a', 'email'], null]);
	});
	test('an address of another SIREN is not its own', () => {
		const one = [client('a', { siren: SIREN, emails: ['compta@cabinet.example'] })];
		expect(matched(one, { name: 'B', siren: OTHER, email: 'compta@cabinet.example' })).toBeNull();
		expect(matched(one, { name: 'B', email: 'compta@cabinet.example' })).toEqual(['a', 'email']);
	});
	test('a name never joins two addresses, nor two SIREN, and of two namesakes it is neither', () => {
		expect(matched([client('a', { emails: ['x@x.example'] })], { email: 'y@y.example' })).toBeNull();
		expect(matched([client('a')], { email: 'y@y.example' })).toEqual(['a', 'name']);
		expect(matched([client('a', { emails: ['x@x.example'] })], {})).toEqual(['a', 'name']);
		expect(matched([client('a', { siren: SIREN })], { siren: OTHER })).toBeNull();
		expect(matched([client('a', { siren: SIREN })], {})).toEqual(['a', 'name']);
		expect(matched([client('a'), client('b')], {})).toBeNull();
		// The namesake with another SIREN is out of question: one is left.
		expect(matched([client('a', { siren: OTHER }), client('b', { siren: null })], { siren: SIREN })).toEqual([
			'b',
			'name'
		]);
	});
	test('an address is known of the client that has it, once it is kept', () => {
		const known = new KnownClients([
			client('a', { emails: ['x@x.example'] }),
			client('new', { emails: ['n@n.example'], isKept: false })
		]);
		expect([
			known.knows('a', 'x@x.example'),
			known.knows('new', 'x@x.example'),
			known.knows('new', 'n@n.example'),
			known.knows('a', 'nobody@x.example')
		]).toEqual([true, false, false, false]);
		known.add(client('late', { emails: ['x@x.example'] }));
		expect([known.knows('a', 'x@x.example'), known.knows('late', 'x@x.example')]).toEqual([true, true]);
	});
});

test('a buyer is kept as a register would hold it', () => {
	const tidy = tidyBuyer(
		buyer({ name: `  ${'n'.repeat(201)} `, vatNumber: `FR${'1'.repeat(30)}`, email: ' Paul@ROCHE.example ' })
	);
	expect([tidy.name.length, tidy.vatNumber?.length, tidy.email, tidy.kind]).toEqual([
		200,
		20,
		'paul@roche.example',
		null
	]);
	expect(tidyBuyer(buyer({ kind: 'consumer' })).kind).toBe('consumer');
	expect([tidyBuyer(buyer()).vatNumber, tidyBuyer(buyer({ name: ' Roche ' })).name]).toEqual([null, 'Roche']);
});
test('the same words mean the same buyer, and each is in a place of its own', () => {
	expect(buyerKey(buyer({ name: 'ROCHE' }))).toBe(buyerKey(buyer({ name: 'roche' })));
	const keys = [buyer(), buyer({ siren: '1' }), buyer({ vatNumber: '1' }), buyer({ email: '1' }), buyer({ name: '1' })];
	expect(new Set(keys.map(buyerKey)).size).toBe(5);
});
test('invoices are for who receives them, news for whoever is let in at all', () => {
	const rights = [true, false].flatMap((isBilling) => [true, false].map((hasPortal) => ({ isBilling, hasPortal })));
	expect(rights.map(getsInvoices)).toEqual([true, true, false, false]);
	expect(rights.map(getsNews)).toEqual([true, true, true, false]);
});
