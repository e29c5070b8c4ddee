// How pages that SvelteKit runs are read again.
import { invalidate, invalidateAll } from '$app/navigation';
import { navigating, updated } from '$app/state';
import { isStale } from '../contract/news.ts';
import { readBy, type Why } from './reread.ts';
import { hasUnsaved } from './unsaved.ts';

let reach: typeof fetch | undefined;
let isReading = false;
export const readByKit = (): void => readBy({ read, isOld: () => updated.check() });

/**
 * What the news make stale, of what this page shows: if that is nothing, nothing is asked. SvelteKit is told all the same: it forgets what it fetched ahead of
 * another page.
 * Never in the middle of a navigation, which it would call off: the person is on the way to another page.
 */
async function read(why: Why): Promise<void> {
	if (navigating.complete) await navigating.complete.catch(() => {});
	waitForTheLine();
	isReading = true;
	await (why === 'anything' ? invalidateAll() : invalidate((address) => isStale(address, why)))
		.catch(() => {})
		.finally(() => (isReading = false));
}

const isOfThisPage = (address: string): boolean =>
	new URL(address, location.href).pathname === `${location.pathname.replace(/\/$/, '')}/__data.json`;
/** As long as nobody has left the page that is waited for. */
async function waitHere(address: string, ms: number): Promise<void> {
	for (let waited = 0; waited < ms && isOfThisPage(address); waited += 500)
		await new Promise((done) => setTimeout(done, 500));
}

/**
 * A reading that fails would put SvelteKit's error page in the place of this one: somebody in the middle of paying must not see that. SvelteKit
 * reads through `window.fetch`, so that it can be replaced: here, by one that asks again until it is answered, or until the page is left.
 */
function waitForTheLine(): void {
	if (reach) return;
	const plain = (reach = window.fetch);
	window.fetch = async (input, init) => {
		const address = String(input);
		if (!isReading || !address.includes('__data.json') || !isOfThisPage(address)) return plain(input, init);
		for (let wait = 1000; isOfThisPage(address); wait = Math.min(wait * 1.5, 30_000)) {
			try {
				const answer = await plain(input, init);
				// A server without its database still answers: with an error in the place of the data, and no status but that of things foreseen.
				const said = await answer.clone().text();
				// Signed out while somebody is typing: the page stays until it is sent, or until there is a session again.
				const leaves = /^\{"type":"redirect","location":"\/connexion/.test(said) && hasUnsaved();
				if (answer.ok && !leaves && !/"type":"error"(?!.*"status":4)/.test(said)) return answer;
			} catch {
				// Not reached: once more.
			}
			await waitHere(address, wait);
		}
		throw new Error('the page was left');
	};
}
