// From the stream to what is read: of an open page, what the news make stale; all of it after a silence; nothing where nothing is stale.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { newsAddress, type ToldNews } from '#lib/contract/news.ts';
import { staleAfter, type NewsKind } from '#lib/domain/news/topics.ts';

/** What SvelteKit does with it: each load whose addresses match is asked for in one request; without a match, none is. */
const kit = vi.hoisted(() => ({
	loads: {} as Record<string, string[]>,
	requests: [] as string[],
	/** While this is there, a reading takes as long. */
	slow: undefined as Promise<void> | undefined
}));
vi.mock('$app/navigation', () => ({
	invalidateAll: async () => {
		kit.requests.push('everything');
		await kit.slow;
	},
	invalidate: async (isStale: (address: URL) => boolean) => {
		const stale = Object.keys(kit.loads).filter((load) => kit.loads[load]!.some((one) => isStale(new URL(one))));
		if (stale.length) kit.requests.push(stale.join(' '));
		await kit.slow;
	}
}));
vi.mock('$app/state', () => ({ navigating: { complete: null }, updated: { check: async () => false } }));

class Stream extends EventTarget {
	static open: Stream[] = [];
	onerror: (() => void) | null = null;
	readonly address: string;
	constructor(address: string) {
		super();
		this.address = address;
		Stream.open.push(this);
	}
	close() {}
	say(type: string, data: unknown = 1, lastEventId = 'place') {
		this.dispatchEvent(Object.assign(new Event(type), { data: JSON.stringify(data), lastEventId }));
	}
}
const listeners = { addEventListener: () => {}, removeEventListener: () => {} };
vi.stubGlobal('EventSource', Stream);
vi.stubGlobal('window', { fetch: () => Promise.reject(new Error('not here')) });
vi.stubGlobal('document', { ...listeners, visibilityState: 'visible', querySelector: () => null });
vi.stubGlobal('addEventListener', listeners.addEventListener);
vi.stubGlobal('removeEventListener', listeners.removeEventListener);
vi.stubGlobal('location', { href: 'https://pay.example/admin/factures/b', pathname: '/admin/factures/b' });
const { readByKit } = await import('#lib/client/kit-reader.ts');
const { followNews } = await import('#lib/client/live.ts');
readByKit();

const [A, B] = ['0192a000-0000-7000-8000-00000000000a', '0192a000-0000-7000-8000-00000000000b'];
const news = (kind: NewsKind, clientId: string | null): ToldNews => ({ kind, clientId, topics: staleAfter(kind) });
let heard: string[];
let serial = 0;
let url: string;
let stream: Stream;
let close: () => void;
beforeEach(() => {
	vi.useFakeTimers();
	[heard, kit.requests, kit.slow, Stream.open] = [[], [], undefined, []];
	url = `/admin/live/${serial++}`;
	// The supplier's page of an invoice of B.
	kit.loads = { layout: [newsAddress('offers')], page: [newsAddress('clients', B)] };
	({ close } = followNews(
		{ url, since: 'made' },
		(kind) => heard.push(kind),
		() => {}
	));
	stream = Stream.open[0]!;
	stream.say('beat');
});
afterEach(() => {
	close();
	vi.advanceTimersByTime(60_000);
	vi.useRealTimers();
});
const settle = () => vi.advanceTimersByTimeAsync(1000);

test('a payment of A is heard on the page of an invoice of B, and nothing is asked; one of B reads the page and not what is around it', async () => {
	for (let i = 0; i < 100; i += 1) stream.say('news', news('payment.received', A));
	stream.say('news', news('import.changed', null));
	await settle();
	expect(heard.filter((kind) => kind === 'payment.received')).toHaveLength(100);
	expect(kit.requests).toEqual([]);
	stream.say('news', news('payment.received', B));
	await settle();
	expect(kit.requests).toEqual(['page']);
});
test('what is for all is read by all, and an unknown kind reads everything that follows', async () => {
	stream.say('news', news('offers.changed', null));
	await settle();
	stream.say('news', { kind: 'moon.full', clientId: A });
	await settle();
	expect(kit.requests).toEqual(['layout page', 'layout page']);
});
test('news that come while the page is being read are read next, whatever came with them', async () => {
	let done = () => {};
	kit.slow = new Promise((resolve) => (done = resolve));
	stream.say('news', news('payment.received', B));
	await settle();
	stream.say('news', news('plan.changed', B));
	await settle();
	stream.say('news', news('payment.received', A));
	await settle();
	expect(kit.requests).toEqual(['page']);
	kit.slow = undefined;
	done();
	await settle();
	expect(kit.requests).toEqual(['page', 'page']);
});
test('many of one moment are one reading', async () => {
	for (const kind of ['import.changed', 'invoice.opened', 'payment.received'] as const)
		for (const clientId of [A, B]) stream.say('news', news(kind, clientId));
	await settle();
	expect(kit.requests).toEqual(['page']);
});
test('a page that does not say what it shows is read whole, whatever is told', async () => {
	close();
	kit.loads = {};
	({ close } = followNews(
		{ url: '/p/abc/live' },
		() => {},
		() => {}
	));
	expect(Stream.open[1]!.address).toBe('/p/abc/live');
	Stream.open[1]!.say('beat');
	Stream.open[1]!.say('news', news('payment.received', A));
	await settle();
	expect(kit.requests).toEqual(['everything']);
});
test('after a break everything is read, whatever was told meanwhile', async () => {
	stream.onerror!();
	stream.say('news', news('payment.received', A));
	await settle();
	expect(kit.requests).toEqual(['everything']);
});
test('a stream that the server ends reads everything', async () => {
	stream.say('news', news('payment.received', A));
	stream.say('end');
	await settle();
	expect(kit.requests).toEqual(['everything']);
});
test('the stream begins where the page was made; the next page where the last one was left, unless that was long ago', () => {
	const open = () => {
		const { close: leave } = followNews(
			{ url, since: 'made' },
			() => {},
			() => {}
		);
		leave();
		return Stream.open.at(-1)!.address;
	};
	expect(stream.address).toBe(`${url}?depuis=made`);
	stream.say('beat', 1, 'further');
	close();
	expect(open()).toBe(`${url}?depuis=further`);
	vi.advanceTimersByTime(11_000);
	expect(open()).toBe(`${url}?depuis=made`);
});
