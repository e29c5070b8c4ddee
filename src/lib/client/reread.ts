// Reads the page's data again. Without a network, or with the server down, the page keeps what it shows and the reading waits.
import { invalidateAll } from '$app/navigation';
import { navigating } from '$app/state';
import { hasUnsaved } from './unsaved.ts';

let reach: typeof fetch | undefined;
let current: Promise<void> | undefined;
let following: Promise<void> | undefined;

/**
 * One reading at a time, then one more for everybody who asked meanwhile: a later reading calls off an earlier one, so that on a slow line news in quick
 * succession would show nothing until they stop.
 */
export function reread(): Promise<void> {
	if (!current) return (current = readOnce().finally(() => (current = undefined)));
	return (following ??= current.then(() => {
		following = undefined;
		return reread();
	}));
}
/** Never in the middle of a navigation, which it would call off: the person is on the way to another page. */
async function readOnce(): Promise<void> {
	if (navigating.complete) await navigating.complete.catch(() => {});
	waitForTheLine();
	await invalidateAll().catch(() => {});
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
		if (!current || !address.includes('__data.json') || !isOfThisPage(address)) return plain(input, init);
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
