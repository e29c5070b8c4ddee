// What an answer of Stripe is worth. That each door asks so is proven where it is: a payment, a refund, a means of payment (not-asked, settling, methods).
import { expect, test, vi } from 'vitest';
import { NotAsked, type Refused } from '#lib/server/gateways/stripe/port.ts';
import { certainOf, ifAsked } from '#lib/server/use-cases/stripe/answers.ts';

const refused: Refused = { kind: 'refused', code: 'card_declined', message: 'no', aboutMethod: true };
const silent = () => Promise.reject(new NotAsked('acct_1', 'unreachable', null));

test('a refusal is certain once an earlier question is known to have become nothing', async () => {
	expect(await certainOf(refused, () => Promise.resolve(null))).toBe(refused);
	expect(await certainOf(refused, () => Promise.resolve('pi_1'))).toEqual({ kind: 'earlier', earlier: 'pi_1' });
});
test('where that can’t be looked up, nothing is certain', () =>
	expect(certainOf(refused, silent)).rejects.toThrow(NotAsked));
test('any other answer stands as it came, and nothing is looked up', async () => {
	const findEarlier = vi.fn();
	for (const answer of [{ kind: 'intent', intentId: 'pi_1' } as const, { kind: 'unknown' } as const])
		expect(await certainOf(answer, findEarlier)).toBe(answer);
	expect(findEarlier).not.toHaveBeenCalled();
});
test('not asked is told apart from what went wrong here', async () => {
	expect(await ifAsked(() => Promise.resolve(null))).toBeNull();
	expect(await ifAsked(silent)).toBe('not_asked');
	await expect(ifAsked(() => Promise.reject(new TypeError('ours')))).rejects.toThrow('ours');
});
