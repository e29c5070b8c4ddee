// Reads the page's data again. Without a network, or with the server down, the page keeps what it shows and the reading waits.
import { invalidateAll } from '$app/navigation';
import { navigating } from '$app/state';
import { hasUnsaved } from './unsaved.ts';

let reach: typeof fetch | undefined;
let rereading = 0;

/** Never in the middle of a navigation, which it would call off: the person is on the way to another page. */
export async function reread(): Promise<void> {
	if (navigating.complete) await navigating.complete.catch(() => {});
	waitForTheLine();
	rereading += 1;
	await invalidateAll()
		.catch(() => {})
		.finally(() => (rereading -= 1));
}

/**
 * A reading that fails would put SvelteKit's error page in the place of this one: somebody in the middle of paying must not see that. SvelteKit
 * reads through `window.fetch`, so that it can be replaced: here, by one that asks again until it is answered.
 */
function waitForTheLine(): void {
	if (reach) return;
	const plain = (reach = window.fetch);
	window.fetch = async (input, init) => {
		if (!rereading || !String(input).includes('__data.json')) return plain(input, init);
		for (let wait = 1000; ; wait = Math.min(wait * 1.5, 30_000)) {
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
			await new Promise((done) => setTimeout(done, wait));
		}
	};
}
