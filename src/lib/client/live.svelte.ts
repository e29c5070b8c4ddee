// The page follows the server: news arrive by server-sent events, else by polling; the page re-reads its own data, so no fact can be lost.
import { invalidateAll } from '$app/navigation';

export type LiveState = 'connecting' | 'live' | 'lost' | 'polling';
const POLL_MS = 5000;
const GRACE_MS = 8000;

/** Opens a feed at `url`; call `close` when the page goes. `announce` receives the kind of each piece of news. */
export function followLive(url: string, announce: (kind: string) => void) {
	let state = $state<LiveState>('connecting');
	let cursor: string | null = null;
	let refresh: ReturnType<typeof setTimeout> | undefined;
	let grace: ReturnType<typeof setTimeout> | undefined;
	let poll: ReturnType<typeof setInterval> | undefined;
	let source: EventSource | undefined;

	const heard = (kind: string) => {
		announce(kind);
		clearTimeout(refresh);
		refresh = setTimeout(() => void invalidateAll(), 30);
	};
	const look = async () => {
		try {
			const response = await fetch(`${url}?depuis=${cursor ?? ''}`, { headers: { accept: 'application/json' } });
			const answer = (await response.json()) as { cursor: string; kinds: string[] };
			cursor = answer.cursor;
			answer.kinds.forEach(heard);
			state = 'polling';
		} catch {
			state = 'lost';
		}
	};
	const startPolling = () => {
		poll ??= setInterval(() => void look(), POLL_MS);
		void look();
	};
	const open = () => {
		source = new EventSource(url);
		source.onopen = () => {
			if (state !== 'connecting') void invalidateAll();
			state = 'live';
			clearTimeout(grace);
			clearInterval(poll);
			poll = undefined;
		};
		source.onerror = () => {
			if (state === 'live') state = 'lost';
			clearTimeout(grace);
			grace = setTimeout(startPolling, GRACE_MS);
		};
		source.addEventListener('news', (event) => {
			cursor = event.lastEventId;
			heard((JSON.parse(event.data as string) as { kind: string }).kind);
		});
	};
	if (typeof EventSource === 'undefined') startPolling();
	else open();
	return {
		get state() {
			return state;
		},
		close() {
			source?.close();
			clearInterval(poll);
			clearTimeout(grace);
			clearTimeout(refresh);
		}
	};
}
