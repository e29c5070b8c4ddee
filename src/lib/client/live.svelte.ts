// The page follows the server: news arrive by server-sent events, else by polling; the page re-reads its own data, so no fact can be lost.
import { invalidateAll } from '$app/navigation';

export type LiveState = 'connecting' | 'live' | 'lost' | 'polling';
const POLL_MS = 5000;
/** How long a stream may take to say its first word. */
const GRACE_MS = 8000;
/** The server gives a sign of life every 15 s: after this long without one, the stream is dead, whatever the browser believes. */
const SILENCE_MS = 40_000;
/** While polling, the stream is tried again this often. */
const RETRY_MS = 30_000;

/** Opens a feed at `url`; call `close` when the page goes. `announce` receives the kind of each piece of news. */
export function followLive(url: string, announce: (kind: string) => void) {
	let state = $state<LiveState>('connecting');
	let cursor = '';
	let source: EventSource | undefined;
	let refresh: ReturnType<typeof setTimeout> | undefined;
	let watchdog: ReturnType<typeof setTimeout> | undefined;
	let poll: ReturnType<typeof setInterval> | undefined;

	const reread = () => {
		clearTimeout(refresh);
		refresh = setTimeout(() => void invalidateAll(), 30);
	};
	const heard = (kind: string) => {
		announce(kind);
		reread();
	};

	const look = async () => {
		try {
			const response = await fetch(`${url}?depuis=${cursor}`, { headers: { accept: 'application/json' } });
			const answer = (await response.json()) as { cursor: string; kinds: string[] };
			// The first look only says from where to follow: what happened since the page was made is read with it.
			if (!cursor) reread();
			cursor = answer.cursor;
			answer.kinds.forEach(heard);
			if (state !== 'live') state = 'polling';
		} catch {
			state = 'lost';
		}
	};
	const startPolling = () => {
		if (poll) return;
		poll = setInterval(() => void look(), POLL_MS);
		void look();
	};
	const stopPolling = () => {
		clearInterval(poll);
		poll = undefined;
	};

	/** Silence for this long, and the stream counts as dead: some proxies keep one open and let nothing through. */
	const expectWord = (withinMs: number) => {
		clearTimeout(watchdog);
		watchdog = setTimeout(giveUpStream, withinMs);
	};
	const giveUpStream = () => {
		source?.close();
		if (state === 'live') state = 'lost';
		startPolling();
		watchdog = setTimeout(open, RETRY_MS);
	};
	const word = (event: MessageEvent) => {
		if (state === 'lost' || state === 'polling') reread();
		state = 'live';
		cursor = event.lastEventId;
		stopPolling();
		expectWord(SILENCE_MS);
	};
	function open() {
		source = new EventSource(cursor ? `${url}?depuis=${cursor}` : url);
		source.addEventListener('beat', word);
		source.addEventListener('news', (event) => {
			word(event);
			heard((JSON.parse(event.data as string) as { kind: string }).kind);
		});
		// The browser tries again by itself, unless the answer was not a stream.
		source.onerror = () => {
			if (state !== 'live') return;
			state = 'lost';
			expectWord(GRACE_MS);
		};
		expectWord(GRACE_MS);
	}
	if (typeof EventSource === 'undefined') startPolling();
	else open();
	return {
		get state() {
			return state;
		},
		close() {
			source?.close();
			stopPolling();
			clearTimeout(watchdog);
			clearTimeout(refresh);
		}
	};
}
