// What a page shows, so that it is read again when news make that stale, and not for any other.
import type { LoadEvent } from '@sveltejs/kit';
import { newsAddress } from '../../contract/news.ts';
import type { Topic } from '../../domain/news/topics.ts';

type Loading = Pick<LoadEvent, 'depends'>;
/** Every `load` under a live stream says it. None: of what it shows, no news are told. */
export const follows = ({ depends }: Loading, ...topics: Topic[]): void =>
	depends(...topics.map((topic) => newsAddress(topic)));
/** A page about one client, or about something of it: what becomes of one invoice changes the price of the others. */
export const followsClient = ({ depends }: Loading, clientId: string): void =>
	depends(newsAddress('clients', clientId));
