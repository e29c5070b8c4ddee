// Reads the page's data again, by whoever reads this page: SvelteKit (client/kit-reader.ts), or the pay page's own reader (payer/start.ts).
import type { ToldNews } from '../contract/news.ts';

/** Why a page is read again: news, for what they make stale. Anything else, as after a silence, for all it shows. */
export type Why = readonly ToldNews[] | 'anything';
export const both = (one: Why, other: Why): Why =>
	one === 'anything' || other === 'anything' ? 'anything' : [...one, ...other];

type PageReader = {
	/** Resolves when the page shows what it read. Without a network, or with the server down, the page keeps what it shows and the reading waits. */
	read(why: Why): Promise<void>;
	/** The server has another version of this page. What can't be asked is no new version. */
	isOld(): Promise<boolean>;
};
let reader: PageReader | undefined;
let current: Promise<void> | undefined;
let following: Promise<void> | undefined;
let waiting: Why = [];

/** Once for a page, before anything is read again. */
export const readBy = (one: PageReader): void => void (reader = one);
export const isOld = async (): Promise<boolean> => (await reader?.isOld().catch(() => false)) ?? false;

/**
 * One reading at a time, then one more for everybody who asked meanwhile: a later reading calls off an earlier one, so that on a slow line news in quick
 * succession would show nothing until they stop.
 */
export function reread(why: Why = 'anything'): Promise<void> {
	if (!current) return (current = (reader?.read(why) ?? Promise.resolve()).finally(() => (current = undefined)));
	waiting = both(waiting, why);
	return (following ??= current.then(() => {
		following = undefined;
		const next = waiting;
		waiting = [];
		return reread(next);
	}));
}
