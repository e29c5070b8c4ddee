// How long a proof counts, and how long somebody stays signed in.
import { expect, test } from 'vitest';
import { isFreshlyProven } from '#lib/domain/access/fresh-proof.ts';
import type { Actor } from '#lib/domain/access/scope.ts';
import { sessionEnd } from '#lib/domain/access/session-life.ts';

const now = new Date('2026-11-26T12:00:00.000Z');
const member = (provenAt: string | null): Actor => ({
	kind: 'member',
	memberId: 'm',
	role: 'owner',
	provenAt: provenAt === null ? null : new Date(`2026-11-26T${provenAt}Z`)
});
test('a proof counts for ten minutes; one that lies more than a minute ahead proves nothing', () => {
	const proven = (at: string | null) => isFreshlyProven(member(at), now);
	expect([proven('12:00:00.000'), proven('11:50:00.001'), proven('12:00:59.999')]).toEqual([true, true, true]);
	expect([proven('11:50:00.000'), proven('12:01:00.000'), proven('12:30:00.000'), proven(null)]).toEqual([
		false,
		false,
		false,
		false
	]);
});
test('what the product does by itself needs no proof; nobody but a member can give one', () => {
	expect(isFreshlyProven({ kind: 'system' }, now)).toBe(true);
	expect(isFreshlyProven({ kind: 'member', memberId: 'm', role: 'owner' }, now)).toBe(false);
	const others: Actor[] = [
		{ kind: 'contact', contactId: 'c', clientId: 'c' },
		{ kind: 'pay_link', payLinkId: 'l', contactId: 'c', clientId: 'c', invoiceId: 'i' },
		{ kind: 'api_key', apiKeyId: 'k', scopes: ['import', 'read', 'undo'] }
	];
	for (const actor of others) expect(isFreshlyProven({ ...actor, provenAt: now } as Actor, now)).toBe(false);
});
test('a member is signed out after twelve hours away and after a week, a contact after thirty days and after half a year', () => {
	const began = new Date('2026-01-01T00:00:00Z');
	const end = (kind: 'member' | 'contact', seen: string) => sessionEnd(kind, began, new Date(seen)).toISOString();
	expect([end('member', '2026-01-01T00:00:00Z'), end('member', '2026-01-07T20:00:00Z')]).toEqual([
		'2026-01-01T12:00:00.000Z',
		'2026-01-08T00:00:00.000Z'
	]);
	expect([end('contact', '2026-01-02T00:00:00Z'), end('contact', '2026-06-20T00:00:00Z')]).toEqual([
		'2026-02-01T00:00:00.000Z',
		'2026-06-30T00:00:00.000Z'
	]);
});
