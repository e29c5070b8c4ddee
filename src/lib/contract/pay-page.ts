// What the pay page of a link shows: drawn by the server, and read again by the page once the framework has come.
import type { PayView } from './views.ts';

export type PayPageView = {
	view: PayView;
	/** False where a pay link's token stands in the address. */
	stripeMayCome: boolean;
	/** What a browser without cookies is told. */
	noCookies: { title: string; text: string } | null;
};
