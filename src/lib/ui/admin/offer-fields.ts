// What the fields of an offer are given besides the offer.

/** Mistakes by field path: shown under the field they are about. */
export type OfferNotes = Record<string, { text: string; isError: boolean }[]>;
/** The clients that may be chosen; of many, those that were looked for. */
export type FoundClients = {
	choices: { clientId: string; name: string }[];
	search: string;
	leftOut: number;
	isMany: boolean;
};
