// Ids sort by time: what a client has of one day is used in the order in which it came, also when it came within a millisecond.
import { expect, test } from 'vitest';
import { newId } from '#lib/server/identity.ts';

test('each id of a process sorts behind the one before, and is a UUIDv7', () => {
	const ids = Array.from({ length: 20_000 }, newId);
	expect([...ids].sort()).toEqual(ids);
	expect(new Set(ids).size).toBe(ids.length);
	for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
