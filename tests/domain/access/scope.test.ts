// Roles: who may do what.
import { expect, test } from 'vitest';
import { actorName, may, mintScope, type Actor, type Permission } from '#lib/domain/access/scope.ts';

const actors: Record<string, Actor> = {
	owner: { kind: 'member', memberId: 'm', role: 'owner' },
	accountant: { kind: 'member', memberId: 'm', role: 'accountant' },
	readOnly: { kind: 'member', memberId: 'm', role: 'read_only' },
	contact: { kind: 'contact', contactId: 'c', clientId: 'c' },
	link: { kind: 'pay_link', payLinkId: 'l', contactId: 'c', clientId: 'c', invoiceId: 'i' },
	key: { kind: 'api_key', apiKeyId: 'k', scopes: ['import'] },
	reader: { kind: 'api_key', apiKeyId: 'r', scopes: ['read'] },
	undoer: { kind: 'api_key', apiKeyId: 'u', scopes: ['undo'] }
};
const able = (permission: Permission) => Object.keys(actors).filter((name) => may(actors[name]!, permission));

test('each permission belongs to those it should', () => {
	expect(able('import_invoices')).toEqual(['owner', 'accountant', 'key']);
	expect(able('read_invoices')).toEqual(['owner', 'accountant', 'readOnly', 'reader']);
	expect(able('undo_imports')).toEqual(['owner', 'accountant', 'undoer']);
	expect(able('refund')).toEqual(['owner', 'accountant']);
	expect(able('manage_members')).toEqual(['owner']);
	expect(able('set_payee')).toEqual(['owner']);
	expect(able('set_logo')).toEqual(['owner']);
	for (const permission of ['refund', 'set_payee', 'read_invoices'] as const)
		expect(may({ kind: 'system' }, permission)).toBe(true);
});
test('what the owners keep from a person is refused whatever the role, but for reading', () => {
	const kept: Actor = { kind: 'member', memberId: 'm', role: 'accountant', withheld: ['refund', 'read_invoices'] };
	expect([may(kept, 'refund'), may(kept, 'send_mail'), may(kept, 'read_invoices')]).toEqual([false, true, true]);
});
test('the journal names who did it, each kind by its own id', () =>
	expect([...Object.values(actors), { kind: 'system' } as const].map(actorName)).toEqual([
		'member:m',
		'member:m',
		'member:m',
		'contact:c',
		'pay_link:l',
		'api_key:k',
		'api_key:r',
		'api_key:u',
		'system'
	]));
test('what is a person’s word is nobody else’s, whatever a key may', () => {
	for (const permission of ['accept_review', 'manage_contacts', 'send_mail', 'refund'] as const)
		expect(able(permission)).toEqual(['owner', 'accountant']);
});
test('a pay link sees one invoice, a contact one client', () => {
	expect(mintScope('s', actors.link!)).toMatchObject({ clientId: 'c', invoiceId: 'i' });
	expect(mintScope('s', actors.contact!)).toMatchObject({ clientId: 'c', invoiceId: null });
	expect(mintScope('s', actors.owner!)).toMatchObject({ supplierId: 's', clientId: null, invoiceId: null });
});
