// What must be there: nothing and zero are not the same.
import { expect, test } from 'vitest';
import { required } from '#lib/domain/required.ts';

test('what is absent stops the work and is named; zero, no and an empty text are there', () => {
	for (const there of [0, 0n, '', false]) expect(required(there, 'it')).toBe(there);
	for (const absent of [null, undefined]) expect(() => required(absent, 'the plan')).toThrow('the plan is missing');
});
