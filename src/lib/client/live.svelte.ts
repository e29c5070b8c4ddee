// How a screen of Svelte follows the server: client/live.ts, with its state to show.
import { followNews, type Feed, type LiveState } from './live.ts';

/** Opens a feed; call `close` when the page goes. `announce` receives the kind of each piece of news. */
export function followLive(feed: Feed, announce: (kind: string) => void) {
	let state = $state<LiveState>('connecting');
	const { close } = followNews(feed, announce, (next) => (state = next));
	return {
		get state() {
			return state;
		},
		close
	};
}
