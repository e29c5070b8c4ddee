// Reads the page's data again, by whoever reads this page: SvelteKit (client/kit-reader.ts), or the pay page's own reader (payer/start.ts).
type PageReader = {
	/** Resolves when the page shows what it read. Without a network, or with the server down, the page keeps what it shows and the reading waits. */
	read(): Promise<void>;
	/** The server has another version of this page. What can't be asked is no new version. */
	isOld(): Promise<boolean>;
};
let reader: PageReader | undefined;
let current: Promise<void> | undefined;
let following: Promise<void> | undefined;

/** Once for a page, before anything is read again. */
export const readBy = (one: PageReader): void => void (reader = one);
export const isOld = async (): Promise<boolean> => (await reader?.isOld().catch(() => false)) ?? false;

/**
 * One reading at a time, then one more for everybody who asked meanwhile: a later reading calls off an earlier one, so that on a slow line news in quick
 * succession would show nothing until they stop.
 */
export function reread(): Promise<void> {
	if (!current) return (current = (reader?.read() ?? Promise.resolve()).finally(() => (current = undefined)));
	return (following ??= current.then(() => {
		following = undefined;
		return reread();
	}));
}
