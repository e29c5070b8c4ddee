// Reads the page's data again. Without a network the page keeps what it shows; the live feed reads again when it is back.
import { invalidateAll } from '$app/navigation';
import { navigating } from '$app/state';

/** Never in the middle of a navigation, which it would call off: the person is on the way to another page. */
export async function reread(): Promise<void> {
	if (navigating.complete) await navigating.complete.catch(() => {});
	if (await isReachable()) await invalidateAll().catch(() => {});
}

/** A reading that fails would put SvelteKit's error page in the place of this one: somebody in the middle of paying must not see that. */
const isReachable = (): Promise<boolean> =>
	fetch('/health/ready', { cache: 'no-store' }).then(
		(response) => response.ok,
		() => false
	);
