// What a document says, as data: written where words and amounts are known, drawn in a thread that knows neither (draw-pdf.ts).
export type Face = 'regular' | 'bold';
/** `row`: a name at the left and its value at the right margin. `space`: blank lines. Sizes in points. */
export type Item =
	| { kind: 'line'; text: string; size: number; face: Face }
	| { kind: 'row'; name: string; value: string; face: Face }
	| { kind: 'space'; lines: number };
export type Paragraph = { tag: 'P' | 'H1'; items: Item[] };
export type PageContent = {
	title: string;
	author: string;
	lang: 'fr-FR' | 'en';
	/** The bytes of a PNG or a JPEG, above all: it says what the name under it says, and is passed over by who reads by ear. */
	logo: { content: Uint8Array; width: number; height: number } | null;
	paragraphs: Paragraph[];
};
