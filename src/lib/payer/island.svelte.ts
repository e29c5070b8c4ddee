// The pay screen with the framework: brought when somebody wants to pay or to change something, never before. It takes the place of what the server drew.
import { flushSync, mount } from 'svelte';
import type { PayPageView } from '#lib/contract/pay-page.ts';
import PayScreen from '../ui/pay/PayScreen.svelte';
import { standingOf } from '../ui/pay/standing.ts';
import { addressesOf } from './addresses.ts';

export type Island = { show: (page: PayPageView) => Promise<void> };

/** `search`: of the address, with the choice that stands now. What it needs is there when this resolves; what is returned mounts it at once. */
export async function openIsland(
	base: string,
	page: PayPageView,
	search: URLSearchParams
): Promise<(target: HTMLElement) => Island> {
	const shown = $state({ ...addressesOf(base), ...page, search, Standing: await standingOf(page.view) });
	return (target) => {
		target.replaceChildren();
		mount(PayScreen, { target, props: shown });
		flushSync();
		return {
			show: async (next) => void Object.assign(shown, next, { Standing: await standingOf(next.view) })
		};
	};
}
