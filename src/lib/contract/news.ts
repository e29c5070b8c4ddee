// What a page is told of a piece of news, and which of its readings it makes stale. A reading names what it shows as SvelteKit wants it, as an address:
// `news:invoices`, or `news:clients/<id>` for what concerns one client.
import type { Topic } from '../domain/news/topics.ts';

/** Ids are those that whoever listens may know. Without topics (of another version of the server) it may be about anything. */
export type ToldNews = {
	kind: string;
	clientId?: string | null;
	invoiceId?: string | null;
	topics?: readonly string[];
};
const SCHEME = 'news:';
export const newsAddress = (topic: Topic, clientId?: string): `${string}:${string}` =>
	`${SCHEME}${topic}${clientId ? `/${clientId}` : ''}`;

/** News that name no client concern all of them. */
export function isStale({ protocol, pathname }: URL, news: readonly ToldNews[]): boolean {
	if (protocol !== SCHEME) return false;
	const [topic = '', ofClient] = pathname.split('/');
	return news.some(
		({ topics, clientId = null }) =>
			!topics || (topics.includes(topic) && (!ofClient || clientId === null || clientId === ofClient))
	);
}
