// A page that was open while a new version was deployed: it takes the new version's place, keeps what was chosen, and takes nothing away that somebody types.
import { beforeEach, expect, test, vi } from 'vitest';
import { bring, keepOnRenewal, renewWhenFree } from '#lib/client/renew.ts';
import { readBy } from '#lib/client/reread.ts';

const state = { check: async (): Promise<boolean> => false };
readBy({ read: async () => {}, isOld: () => state.check() });

/** The browser: where the page is, where it went, and whether somebody has typed something. */
let went: string[];
let typed: boolean;
beforeEach(() => {
	went = [];
	typed = false;
	state.check = async () => false;
	keepOnRenewal({});
	vi.stubGlobal('location', {
		href: 'https://pay.example/p/abc?facture=1',
		replace: (to: URL) => void went.push(String(to))
	});
	vi.stubGlobal('document', { querySelector: () => (typed ? {} : null) });
});
const gone = (): Promise<never> => Promise.reject(new Error('Failed to fetch dynamically imported module'));
/** Settled within a turn, or not: a page that is on its way out waits for ever. */
const settles = (promise: Promise<unknown>) =>
	Promise.race([
		promise.then(
			() => 'came',
			() => 'failed'
		),
		new Promise((done) => setTimeout(done, 20, 'waits'))
	]);

test('a part that is there is brought, and nobody is asked about versions', async () => {
	state.check = () => Promise.reject(new Error('asked'));
	expect(await bring(async () => 'part')).toBe('part');
	expect(went).toEqual([]);
});
test('a part that is gone with its version renews the page, with what was chosen in the address', async () => {
	state.check = async () => true;
	keepOnRenewal({ option: 'plan_2' });
	expect(await settles(bring(gone))).toBe('waits');
	expect(went).toEqual(['https://pay.example/p/abc?facture=1&option=plan_2']);
});
test('a part that does not come for another reason is an error, not a new page', async () => {
	await expect(bring(gone)).rejects.toThrow('imported module');
	state.check = () => Promise.reject(new Error('offline'));
	await expect(bring(gone)).rejects.toThrow('imported module');
	expect(await renewWhenFree()).toBe(false);
	expect(went).toEqual([]);
});
test('after a silence the page renews itself if there is a new version, unless somebody is typing', async () => {
	expect([await renewWhenFree(), went]).toEqual([false, []]);
	state.check = async () => true;
	typed = true;
	expect([await renewWhenFree(), went]).toEqual([false, []]);
	typed = false;
	expect([await renewWhenFree(), went.length]).toEqual([true, 1]);
});
