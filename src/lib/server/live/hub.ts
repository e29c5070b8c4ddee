// Server-sent events from the outbox. One LISTEN per process; a signal only says "look", what is told always comes from the cursor, so a lost
// signal loses nothing. Subscribers hear what their scope may know, and no amount or name: pages read these themselves. A stream ends with the
// session, the role or the link it was opened by.
import type { Clock } from '../clock.ts';
import type { ToldNews } from '../../contract/news.ts';
import type { Scope } from '../../domain/access/scope.ts';
import { staleAfter } from '../../domain/news/topics.ts';
import type { Database } from '../store/database.ts';
import { latestCursor, NEWS_AT_ONCE, readNews, type News } from '../store/outbox.ts';
import { cursorSeal, type CursorSeal } from './cursor.ts';
import { findShutOut, type Listener } from './doors.ts';
import { Places } from './places.ts';
import { required } from '../../domain/required.ts';

export const CHANNEL = 'ponctuel_news';
const HEARTBEAT_MS = 15_000;
/** How often the news and the doors are looked at without a signal. */
const CATCH_UP_MS = 2000;
/** So many readings of what somebody missed: behind more, everything is read again. */
const MISSED_READINGS = 20;
/** An event rather than a comment: a page must be able to tell a quiet stream from a dead one. */
const BEAT = 'event: beat\ndata: 1\n\n';
/** The last word of a stream whose door has closed: the page asks anew who it is. */
const END = 'event: end\ndata: 1\n\n';
type Subscriber = Listener & {
	send: (news: News) => void;
	close: (lastWord?: string) => void;
	/** A beat, to one that heard nothing for long. */
	beat: (now: number) => void;
};

/** News that name a client or an invoice are told to nobody who may see only another: an id is something to know, too. */
export function mayHear(scope: Scope, news: News): boolean {
	const isTheirs = (own: string | null | undefined, told: string | null) =>
		!own || told === own || (told === null && isForAll(news));
	return (
		news.supplierId === scope.supplierId &&
		isTheirs(scope.clientId, news.clientId) &&
		isTheirs(scope.invoiceId, news.invoiceId)
	);
}
/** What concerns everybody of a supplier, unless it names somebody: its offers, the demo's time. */
const isForAll = ({ kind }: News): boolean => kind === 'offers.changed' || kind === 'time.moved';

export class Hub {
	private readonly subscribers = new Set<Subscriber>();
	private readonly places = new Places();
	private readonly db: Database;
	private readonly clock: Clock;
	private readonly seal: CursorSeal;
	private cursor: string | null = null;
	private reading = false;
	private again = false;
	private atDoors = false;
	private timer: NodeJS.Timeout | undefined;
	private readonly onSignal: () => void;
	private readonly onProblem: (error: unknown) => void;

	constructor(
		db: Database,
		options: { clock: Clock; secret: string; onSignal: () => void; onProblem: (error: unknown) => void }
	) {
		this.db = db;
		this.clock = options.clock;
		this.seal = cursorSeal(options.secret);
		this.onSignal = options.onSignal;
		this.onProblem = options.onProblem;
	}

	async start(): Promise<void> {
		this.cursor = await latestCursor(this.db);
		const look = () => {
			this.onSignal();
			void this.look();
		};
		// postgres.js listens again by itself after a lost connection, and calls the second function each time it does.
		await this.db.listener.listen(CHANNEL, look, look);
		// One timer for all. A timer of each stream would hold on to the whole request that it came by.
		this.timer = setInterval(() => {
			const now = performance.now();
			for (const subscriber of this.subscribers) subscriber.beat(now);
			void this.look();
			void this.lookAtDoors();
		}, CATCH_UP_MS);
		this.timer.unref();
	}

	private async look(): Promise<void> {
		if (this.reading) {
			this.again = true;
			return;
		}
		this.reading = true;
		try {
			do {
				this.again = false;
				const news = await readNews(this.db, required(this.cursor, 'cursor of the news'));
				for (const item of news) {
					this.cursor = item.cursor;
					for (const subscriber of this.subscribers) if (mayHear(subscriber.scope, item)) subscriber.send(item);
				}
				if (news.length) this.again = true;
			} while (this.again);
		} catch (error) {
			this.onProblem(error);
		} finally {
			this.reading = false;
		}
	}

	/** Ends the streams of those who were signed out, revoked, or have another role now. While the database is away, nobody hears anything. */
	async lookAtDoors(): Promise<void> {
		if (this.atDoors || !this.subscribers.size) return;
		this.atDoors = true;
		try {
			const shutOut = await findShutOut(this.db, this.clock.now(), [...this.subscribers]);
			for (const subscriber of shutOut) subscriber.close(END);
		} catch (error) {
			this.onProblem(error);
		} finally {
			this.atDoors = false;
		}
	}

	/**
	 * A stream that resumes after `lastId` (as it was told) and then follows. A reader too slow to keep up is dropped: it reconnects with its last id.
	 * Null when that link, person or network address has no place left (places.ts).
	 */
	stream(
		listener: Listener & { address: string },
		lastId: string | null,
		signal: AbortSignal
	): ReadableStream<Uint8Array> | null {
		const { scope, sessionHash } = listener;
		const leave = this.places.take(scope, listener.address);
		if (!leave) return null;
		const from = this.seal.open(scope, lastId);
		const encoder = new TextEncoder();
		let subscriber: Subscriber;
		const drop = () => {
			this.subscribers.delete(subscriber);
			leave();
		};
		return new ReadableStream<Uint8Array>(
			{
				start: async (controller) => {
					let spokeAt = 0;
					const write = (text: string) => {
						spokeAt = performance.now();
						try {
							controller.enqueue(encoder.encode(text));
							if ((controller.desiredSize ?? 0) < -256) subscriber.close();
						} catch {
							drop();
						}
					};
					const close = (lastWord?: string) => {
						drop();
						try {
							if (lastWord) controller.enqueue(encoder.encode(lastWord));
							controller.close();
						} catch {
							// closed by the reader already
						}
					};
					const frameOf = (news: News) => frame(news, this.seal.seal(scope, news.cursor));
					// What happens while the past is read waits behind it: whoever was told a place has been told all before it.
					let behind: News[] | null = from ? [] : null;
					const send = (news: News) => (behind ? void behind.push(news) : write(frameOf(news)));
					const beat = (now: number) => {
						if (now - spokeAt >= HEARTBEAT_MS) write(BEAT);
					};
					subscriber = { scope, sessionHash, close, send, beat };
					write(
						`retry: 2000\nid: ${this.seal.seal(scope, from ?? required(this.cursor, 'cursor of the news'))}\n${BEAT}`
					);
					// Listening starts before the past is told: a piece of news may come twice, none is missed.
					this.subscribers.add(subscriber);
					signal.addEventListener('abort', () => close(), { once: true });
					if (signal.aborted) return close();
					const missed = from ? (await this.missedSince(scope, from)).news : [];
					const told = [...missed, ...(behind ?? [])];
					behind = null;
					for (const news of told) if (this.subscribers.has(subscriber)) send(news);
				},
				cancel: drop
			},
			{ highWaterMark: 64 }
		);
	}

	/** Where this process is in the news, as a page that is made now is told it; empty before it listens. */
	place(scope: Scope): string {
		return this.cursor === null ? '' : this.seal.seal(scope, this.cursor);
	}

	/** For readers without a stream: what is new since a cursor. */
	async since(scope: Scope, lastId: string | null): Promise<{ cursor: string; kinds: string[] }> {
		const cursor = this.seal.open(scope, lastId);
		if (!cursor) return { cursor: this.seal.seal(scope, this.cursor ?? '0.0'), kinds: [] };
		const missed = await this.missedSince(scope, cursor);
		return { cursor: this.seal.seal(scope, missed.cursor), kinds: missed.news.map((item) => item.kind) };
	}
	/**
	 * What a scope missed, and up to where: to the end, whatever others did meanwhile. Behind very much of it, one word instead, by which a page reads
	 * everything again.
	 */
	private async missedSince(scope: Scope, from: string): Promise<{ news: News[]; cursor: string }> {
		const missed: News[] = [];
		let cursor = from;
		for (let readings = 0; readings < MISSED_READINGS; readings++) {
			const news = await readNews(this.db, cursor);
			missed.push(...news.filter((item) => mayHear(scope, item)));
			cursor = news.at(-1)?.cursor ?? cursor;
			if (news.length < NEWS_AT_ONCE) return { news: missed, cursor };
		}
		const now = await latestCursor(this.db);
		const { supplierId } = scope;
		const everything: News = {
			supplierId,
			kind: 'time.moved',
			clientId: null,
			invoiceId: null,
			attemptId: null,
			cursor: now
		};
		return { news: [everything], cursor: now };
	}

	get size(): number {
		return this.subscribers.size;
	}
	/** Closes every stream; the listening connection ends with the database. Twice is harmless: a signal and the end of the process both do it. */
	stop(): void {
		clearInterval(this.timer);
		for (const subscriber of [...this.subscribers]) subscriber.close();
	}
}

const frame = ({ kind, clientId, invoiceId, attemptId }: News, id: string): string => {
	const told: ToldNews & { attemptId: string | null } = {
		kind,
		clientId,
		invoiceId,
		attemptId,
		topics: staleAfter(kind)
	};
	return `id: ${id}\nevent: news\ndata: ${JSON.stringify(told)}\n\n`;
};
