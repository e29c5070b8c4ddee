// The page follows the server: news arrive by server-sent events, else by polling; the page re-reads its own data, so no fact can be lost.
import { renewWhenFree } from './renew.ts';
import { reread } from './reread.ts';

/** `ended`: the session has, and the page waits for its person to sign in again. */
export type LiveState = 'connecting' | 'live' | 'lost' | 'polling' | 'ended';
const POLL_MS = 5000;
/** How long a stream may take to say its first word. */
const GRACE_MS = 8000;
/** The server gives a sign of life every 15 s: after this long without one, the stream is dead, whatever the browser believes. */
const SILENCE_MS = 40_000;
/** After an end, whoever may still listen does so again. */
const REOPEN_MS = 3000;
/** Out of sight for this long, the page is read again when it is looked at. */
const AWAY_MS = 30_000;
/** While polling, the stream is tried again this often. */
const RETRY_MS = 30_000;

/** Calls `look` now and every five seconds, until stopped. */
function makePolling(look: () => Promise<void>) {
	let timer: ReturnType<typeof setInterval> | undefined;
	return {
		start() {
			if (timer) return;
			timer = setInterval(() => void look(), POLL_MS);
			void look();
		},
		stop() {
			clearInterval(timer);
			timer = undefined;
		}
	};
}
/** Waits for the page's own reading to settle: ten pieces of news at once are one reading. */
function makeRereading() {
	let timer: ReturnType<typeof setTimeout> | undefined;
	const soon = (afterMs = 30): void => {
		timer ??= setTimeout(() => {
			timer = undefined;
			void reread();
		}, afterMs);
	};
	const forgetReturns = watchReturns(soon);
	return {
		soon,
		/** After a silence: the server may have come back as another version of itself. */
		anew: async () => void ((await renewWhenFree()) || soon()),
		stop() {
			clearTimeout(timer);
			forgetReturns();
		}
	};
}

/** A page that was frozen, or brought back by the back button, shows what was true then. */
function watchReturns(look: () => void): () => void {
	let hiddenAt = 0;
	const onHide = () => {
		if (document.visibilityState === 'hidden') hiddenAt = performance.now();
		else if (performance.now() - hiddenAt > AWAY_MS) look();
	};
	const onBack = (event: PageTransitionEvent) => {
		if (event.persisted) look();
	};
	document.addEventListener('visibilitychange', onHide);
	addEventListener('pageshow', onBack);
	return () => {
		document.removeEventListener('visibilitychange', onHide);
		removeEventListener('pageshow', onBack);
	};
}

/** A stream and who hears it, a word of any sort, the kind of each piece of news, its end, a break. */
function streamOf(
	address: string,
	on: { word: (event: MessageEvent) => void; heard: (kind: string) => void; end: () => void; error: () => void }
): EventSource {
	const source = new EventSource(address);
	source.addEventListener('beat', on.word);
	source.addEventListener('news', (event) => {
		on.word(event);
		on.heard((JSON.parse(event.data as string) as { kind: string }).kind);
	});
	// The session, the role or the link has ended: reading the page again says what is left, and goes to the sign-in if nothing is.
	source.addEventListener('end', () => {
		source.close();
		on.end();
	});
	source.onerror = on.error;
	return source;
}

/** An import tells of every few hundred invoices: more often than this, nobody can read it. */
const pauseAfter = (kind: string): number => (kind === 'import.changed' ? 700 : 30);

type News = { cursor: string; kinds: string[] };
async function newsSince(url: string, cursor: string): Promise<News | 'ended' | 'lost'> {
	try {
		const response = await fetch(`${url}?depuis=${cursor}`, { headers: { accept: 'application/json' } });
		return response.status === 401 ? 'ended' : ((await response.json()) as News);
	} catch {
		return 'lost';
	}
}

/** Opens a feed at `url`; call `close` when the page goes. `announce` receives the kind of each piece of news. */
export function followLive(url: string, announce: (kind: string) => void) {
	let state = $state<LiveState>('connecting');
	let cursor = '';
	let source: EventSource | undefined;
	let watchdog: ReturnType<typeof setTimeout> | undefined;

	const rereading = makeRereading();
	const heard = (kind: string) => {
		announce(kind);
		rereading.soon(pauseAfter(kind));
	};

	const look = async () => {
		const answer = await newsSince(url, cursor);
		if (typeof answer === 'string') {
			// Reading the page again leads to the sign-in, unless something is typed here.
			if (answer === 'ended' && state !== 'ended') rereading.soon();
			state = answer;
			return;
		}
		// The first look only says from where to follow: what happened since the page was made is read with it.
		if (!cursor) rereading.soon();
		cursor = answer.cursor;
		answer.kinds.forEach(heard);
		if (state !== 'live') state = 'polling';
	};
	const polling = makePolling(look);

	/** Silence for this long, and the stream counts as dead: some proxies keep one open and let nothing through. */
	const expectWord = (withinMs: number, orElse = giveUpStream) => {
		clearTimeout(watchdog);
		watchdog = setTimeout(orElse, withinMs);
	};
	function giveUpStream() {
		source?.close();
		if (state === 'live') state = 'lost';
		polling.start();
		watchdog = setTimeout(open, RETRY_MS);
	}
	const word = (event: MessageEvent) => {
		if (['lost', 'polling', 'ended'].includes(state)) void rereading.anew();
		state = 'live';
		cursor = event.lastEventId;
		polling.stop();
		expectWord(SILENCE_MS);
	};
	function open() {
		source = streamOf(cursor ? `${url}?depuis=${cursor}` : url, {
			word,
			heard,
			end() {
				state = 'lost';
				rereading.soon();
				expectWord(REOPEN_MS, open);
			},
			// The browser tries again by itself, unless the answer was not a stream.
			error() {
				if (state === 'live') expectWord(GRACE_MS);
				if (state === 'live') state = 'lost';
			}
		});
		expectWord(GRACE_MS);
	}
	(typeof EventSource === 'undefined' ? polling.start : open)();
	return {
		get state() {
			return state;
		},
		close() {
			source?.close();
			polling.stop();
			clearTimeout(watchdog);
			rereading.stop();
		}
	};
}
