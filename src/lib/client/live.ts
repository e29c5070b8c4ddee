// The page follows the server: news arrive by server-sent events, else by polling; the page re-reads its own data, so no fact can be lost.
import type { ToldNews } from '../contract/news.ts';
import { renewWhenFree } from './renew.ts';
import { both, reread, type Why } from './reread.ts';

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
	let reasons: Why = [];
	const soon = (why: Why = 'anything', afterMs = 30): void => {
		reasons = both(reasons, why);
		timer ??= setTimeout(() => {
			const now = reasons;
			[timer, reasons] = [undefined, []];
			void reread(now);
		}, afterMs);
	};
	const forgetReturns = watchReturns(() => soon());
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

/** A stream and who hears it, a word of any sort, each piece of news, its end, a break. */
function streamOf(
	address: string,
	on: { word: (event: MessageEvent) => void; heard: (news: ToldNews) => void; end: () => void; error: () => void }
): EventSource {
	const source = new EventSource(address);
	source.addEventListener('beat', on.word);
	source.addEventListener('news', (event) => {
		on.word(event);
		on.heard(JSON.parse(event.data as string) as ToldNews);
	});
	// The session, the role or the link has ended: reading the page again says what is left, and goes to the sign-in if nothing is.
	source.addEventListener('end', () => {
		source.close();
		on.end();
	});
	source.onerror = on.error;
	return source;
}

/** An import tells of every few hundred invoices, and of each client it keeps some of: more often than this, nobody can read it. */
const pauseAfter = ({ kind, invoiceId }: ToldNews): number =>
	kind === 'import.changed' || (kind === 'invoice.opened' && !invoiceId) ? 700 : 30;

type Looked = { cursor: string; kinds: string[] };
async function newsSince(url: string, cursor: string): Promise<Looked | 'ended' | 'lost'> {
	try {
		const response = await fetch(`${url}?depuis=${cursor}`, { headers: { accept: 'application/json' } });
		return response.status === 401 ? 'ended' : ((await response.json()) as Looked);
	} catch {
		return 'lost';
	}
}

/** Where the page that was left last was in its news: the next one, read since, goes on from there. */
let left: { url: string; cursor: string; at: number } | undefined;
const JUST_NOW_MS = 10_000;
const placeLeft = (url: string): string | undefined =>
	left?.url === url && performance.now() - left.at < JUST_NOW_MS ? left.cursor : undefined;

/**
 * `since`: the place in the news that the page was made at. What happens until the stream is open is told then. A page that is made without one does not say
 * what it shows either (the pay page), and whatever is told reads all of it.
 */
export type Feed = { url: string; since?: string };
function stateTold(onState: (state: LiveState) => void) {
	let now: LiveState = 'connecting';
	return {
		get now() {
			return now;
		},
		become(next: LiveState): void {
			if (next === now) return;
			now = next;
			onState(next);
		}
	};
}
/**
 * Opens a feed; call `close` when the page goes. `announce` receives the kind of each piece of news, `onState` how the page follows from then on.
 */
export function followNews(feed: Feed, announce: (kind: string) => void, onState: (state: LiveState) => void) {
	const { url } = feed;
	const state = stateTold(onState);
	let cursor = placeLeft(url) || (feed.since ?? '');
	let source: EventSource | undefined;
	let watchdog: ReturnType<typeof setTimeout> | undefined;

	const rereading = makeRereading();
	const heard = (news: ToldNews) => {
		announce(news.kind);
		rereading.soon(feed.since === undefined ? 'anything' : [news], pauseAfter(news));
	};

	const look = async () => {
		const answer = await newsSince(url, cursor);
		if (typeof answer === 'string') {
			// Reading the page again leads to the sign-in, unless something is typed here.
			if (answer === 'ended' && state.now !== 'ended') rereading.soon();
			state.become(answer);
			return;
		}
		// The first look only says from where to follow: what happened since the page was made is read with it.
		if (!cursor) rereading.soon();
		cursor = answer.cursor;
		answer.kinds.forEach(announce);
		if (answer.kinds.length) rereading.soon();
		if (state.now !== 'live') state.become('polling');
	};
	const polling = makePolling(look);

	/** Silence for this long, and the stream counts as dead: some proxies keep one open and let nothing through. */
	const expectWord = (withinMs: number, orElse = giveUpStream) => {
		clearTimeout(watchdog);
		watchdog = setTimeout(orElse, withinMs);
	};
	function giveUpStream() {
		source?.close();
		if (state.now === 'live') state.become('lost');
		polling.start();
		watchdog = setTimeout(open, RETRY_MS);
	}
	const word = (event: MessageEvent) => {
		if (['lost', 'polling', 'ended'].includes(state.now)) void rereading.anew();
		state.become('live');
		cursor = event.lastEventId;
		polling.stop();
		expectWord(SILENCE_MS);
	};
	function open() {
		source = streamOf(cursor ? `${url}?depuis=${cursor}` : url, {
			word,
			heard,
			end() {
				state.become('lost');
				rereading.soon();
				expectWord(REOPEN_MS, open);
			},
			// The browser tries again by itself, unless the answer was not a stream.
			error() {
				if (state.now !== 'live') return;
				expectWord(GRACE_MS);
				state.become('lost');
			}
		});
		expectWord(GRACE_MS);
	}
	(typeof EventSource === 'undefined' ? polling.start : open)();
	return {
		close() {
			left = { url, cursor, at: performance.now() };
			source?.close();
			polling.stop();
			clearTimeout(watchdog);
			rereading.stop();
		}
	};
}
