// Roles: who may do what.
import { expect, test } from 'vitest';
import { may, mintScope, type Actor, type Permission } from '#lib/domain/access/scope.ts';

const actors: Record<string, Actor> = {
	owner: { kind: 'member', memberId: 'm', role: 'owner' },
	accountant: { kind: 'member', memberId: 'm', role: 'accountant' },
	readOnly: { kind: 'member', memberId: 'm', role: 'read_only' },
	contact: { kind: 'contact', contactId: 'c', clientId: 'c' },
	link: { kind: 'pay_link', payLinkId: 'l', contactId: 'c', clientId: 'c', invoiceId: 'i' },
	key: { kind: 'api_key', apiKeyId: 'k' }
};
const able = (permission: Permission) => Object.keys(actors).filter((name) => may(actors[name]!, permission));

test('each permission belongs to those it should', () => {
	expect(able('import_invoices')).toEqual(['owner', 'accountant', 'key']);
	expect(able('refund')).toEqual(['owner', 'accountant']);
	expect(able('manage_members')).toEqual(['owner']);
});
test('a pay link sees one invoice, a contact one client', () => {
	expect(mintScope('s', actors.link!)).toMatchObject({ clientId: 'c', invoiceId: 'i' });
	expect(mintScope('s', actors.contact!)).toMatchObject({ clientId: 'c', invoiceId: null });
});
