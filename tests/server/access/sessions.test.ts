// How long people stay signed in, and how each place they are signed in is ended.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { openSessions, type Sessions, type Subject } from '#lib/server/access/sessions.ts';
import { sha256 } from '#lib/server/identity.ts';
import { findSession } from '#lib/server/store/access.ts';
import { endSession, readSessions } from '#lib/server/use-cases/access/sessions.ts';
import { aPayer, aSupplier, type Cast } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let sessions: Sessions;
let member: Subject;
let contact: Subject;
const HOUR_MS = 3_600_000;
const begun = { userAgent: 'Firefox/140', address: '203.0.113.7', provenAt: null };
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
	const payer = await aPayer(house.services, cast);
	sessions = openSessions(house.services.db, house.config);
	member = { kind: 'member', supplierId: cast.supplierId, subjectId: cast.memberId };
	contact = { kind: 'contact', supplierId: cast.supplierId, subjectId: payer.contactId };
});
afterAll(() => house.close());
// Sessions live by the wall clock: only the date is moved, timers stay as they are.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

const later = (hours: number) => void vi.setSystemTime(Date.now() + hours * HOUR_MS);
const isAlive = async (id: string): Promise<boolean> => (await sessions.validate(id)).session !== null;
/** Seen every `step` hours: for how many hours does it live? */
async function lifeHours(subject: Subject, step: number, most: number): Promise<number> {
	const { id } = await sessions.create(subject, begun);
	for (let hours = step; hours <= most; hours += step) {
		later(step);
		if (!(await isAlive(id))) return hours - step;
	}
	return Infinity;
}

describe('a session ends', () => {
	test('for a member after twelve hours away', async () => {
		const { id } = await sessions.create(member, begun);
		later(11.9);
		expect(await isAlive(id)).toBe(true);
		later(12.1);
		expect(await isAlive(id)).toBe(false);
		later(-1);
		expect(await isAlive(id), 'what ended stays ended').toBe(false);
	});
	test('for a member after a week, however often it is used', async () =>
		expect(await lifeHours(member, 6, 24 * 30)).toBe(24 * 7 - 6));
	test('for a contact after thirty days away', async () => {
		const { id } = await sessions.create(contact, begun);
		later(24 * 29.9);
		expect(await isAlive(id)).toBe(true);
		later(24 * 30.1);
		expect(await isAlive(id)).toBe(false);
	});
	test('for a contact after half a year, however often it is used', async () =>
		expect(await lifeHours(contact, 24 * 10, 24 * 400)).toBe(24 * 170));
});
test('when somebody was last seen, and from where, is written every few minutes, not at each request', async () => {
	const { id } = await sessions.create(member, begun);
	const seen = async () => (await findSession(house.services.db, sha256(id)))!;
	const first = (await seen()).lastSeenAt;
	const address = vi.fn(() => '198.51.100.4');
	for (let i = 0; i < 3; i++) await sessions.validate(id, address);
	expect([(await seen()).lastSeenAt, address.mock.calls.length]).toEqual([first, 0]);
	later(0.1);
	for (let i = 0; i < 3; i++) await sessions.validate(id, address);
	const row = await seen();
	expect([row.lastSeenAt > first, row.address, address.mock.calls.length]).toEqual([true, '198.51.100.4', 1]);
});
test('a person sees where it is signed in and ends one place; nobody ends another person’s', async () => {
	const [phone, desk] = [await sessions.create(member, begun), await sessions.create(member, begun)];
	const { session } = await sessions.validate(phone.id);
	const listed = await readSessions(house.services, member);
	expect(listed.find((one) => one.sessionId === session!.sessionId)).toMatchObject({
		userAgent: 'Firefox/140',
		address: '203.0.113.7'
	});
	expect(JSON.stringify(listed)).not.toContain(sha256(phone.id));
	const strangers: Subject[] = [
		contact,
		{ ...member, subjectId: crypto.randomUUID() },
		{ ...member, supplierId: crypto.randomUUID() }
	];
	for (const stranger of strangers)
		expect(await endSession(house.services, stranger, session!.sessionId)).toMatchObject({
			ok: false,
			refusal: { code: 'not_found' }
		});
	expect(await isAlive(phone.id)).toBe(true);
	expect(await endSession(house.services, member, session!.sessionId)).toMatchObject({ ok: true });
	expect([await isAlive(phone.id), await isAlive(desk.id)]).toEqual([false, true]);
});
test('a session that ended is in nobody’s list', async () => {
	const before = (await readSessions(house.services, contact)).length;
	vi.setSystemTime(Date.now() - 31 * 24 * HOUR_MS);
	await sessions.create(contact, begun);
	expect(await readSessions(house.services, contact)).toHaveLength(before);
});
