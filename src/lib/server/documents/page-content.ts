// What a document says, as data: written where words and amounts are known, drawn in a thread that knows neither (draw-pdf.ts).
export type Face = 'regular' | 'bold';
/** `row`: a name at the left and its value at the right margin. `space`: blank lines. Sizes in points. */
export type Item =
	| { kind: 'line'; text: string; size: number; face: Face }
	| { kind: 'row'; name: string; value: string; face: Face }
	| { kind: 'space'; lines: number };
export type Paragraph = { tag: 'P' | 'H1'; items: Item[] };
export type PageContent = { title: string; author: string; lang: 'fr-FR' | 'en'; paragraphs: Paragraph[] };
