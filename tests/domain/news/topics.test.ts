// What news make stale, and who is read again for them.
import { expect, test } from 'vitest';
import { isStale, newsAddress } from '#lib/contract/news.ts';
import { staleAfter, TOPICS, type NewsKind, type Topic } from '#lib/domain/news/topics.ts';

const [A, B] = ['0192a000-0000-7000-8000-00000000000a', '0192a000-0000-7000-8000-00000000000b'];
const told = (kind: NewsKind, clientId: string | null = null) => ({ kind, clientId, topics: staleAfter(kind) });
const isRead = (news: Parameters<typeof isStale>[1][number], topic: Topic, clientId?: string) =>
	isStale(new URL(newsAddress(topic, clientId)), [news]);

test('news of one client leave what shows another as it is, and all lists are read', () => {
	for (const kind of ['payment.received', 'invoice.opened', 'plan.changed', 'points.changed'] as const) {
		expect([kind, isRead(told(kind, A), 'clients', A)]).toEqual([kind, true]);
		expect([kind, isRead(told(kind, A), 'clients', B)]).toEqual([kind, false]);
		expect([kind, isRead(told(kind, A), 'clients')]).toEqual([kind, true]);
	}
});
test('news that name no client are about all of them', () => {
	for (const kind of ['offers.changed', 'points.changed', 'contact.mail_problem', 'time.moved'] as const)
		expect([kind, isRead(told(kind), 'clients', B)]).toEqual([kind, true]);
});
test('the steps of an import are read by those who follow imports', () => {
	const readers = TOPICS.filter((topic) => isRead(told('import.changed'), topic));
	expect(readers).toEqual(['imports']);
	expect(isRead(told('import.changed'), 'clients', A)).toBe(false);
});
test('money that moves is read by whoever shows invoices, payments, plans, points or the bank', () => {
	for (const kind of [
		'payment.processing',
		'payment.declined',
		'payment.received',
		'payment.reversed',
		'attempt.changed',
		'invoice.withdrawn',
		'plan.changed'
	] as const)
		expect([kind, TOPICS.filter((topic) => !isRead(told(kind, A), topic))]).toEqual([kind, ['offers', 'imports']]);
});
test('another day is read by everybody', () => {
	expect(TOPICS.filter((topic) => !isRead(told('time.moved'), topic))).toEqual([]);
});
test('news of another version of the server, without topics, are read by every reading that follows something, and by no other', () => {
	const unknown = { kind: 'moon.full', clientId: A };
	expect(TOPICS.filter((topic) => !isRead(unknown, topic, B))).toEqual([]);
	expect(isStale(new URL('https://pay.example/admin'), [unknown])).toBe(false);
	expect(isStale(new URL(newsAddress('clients')), [])).toBe(false);
});
