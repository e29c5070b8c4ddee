// A document has one policy for its whole life: one in which Stripe may come, or one in which it may not. So the way into a page where one pays, and
// the way out, load a page anew: the script that came to take a payment stays with that page.
import { beforeNavigate } from '$app/navigation';
import { stripeMayCome } from '#lib/contract/pay-pages.ts';

export const keepPayBoundary = (): void =>
	beforeNavigate(({ from, to, willUnload, cancel }) => {
		if (willUnload || !to) return;
		if (stripeMayCome(from?.route.id ?? null, from?.params ?? null) === stripeMayCome(to.route.id, to.params)) return;
		cancel();
		location.assign(to.url);
	});
