// Company or private person: what the law lets be asked of a client depends on it, and nobody is guessed to be one. Unknown is a state of its own: it gets
// what both may have, and nothing that only one of them may be asked for (late penalties and 40 EUR between professionals: code de commerce, art. L441-10;
// delays to consumers: code de la consommation, art. L312-4).
export type ClientKind = 'business' | 'consumer' | 'unknown';
export type ChosenKind = Exclude<ClientKind, 'unknown'>;
/** How it is known: by a number that companies have, by a field of a file or of the API, by a person's word. */
export type ClientKindFrom = 'identifier' | 'file' | 'person';
export type KnownKind = { kind: ClientKind; kindFrom: ClientKindFrom | null };

export const UNKNOWN_KIND: KnownKind = { kind: 'unknown', kindFrom: null };
/** Only a company may be asked for what professionals owe each other. */
export const isProfessional = (kind: ClientKind): boolean => kind === 'business';
/** Who may be a consumer has what protects consumers. */
export const mayBeConsumer = (kind: ClientKind): boolean => kind !== 'business';

type Said = { siren: string | null; vatNumber: string | null; kind?: ChosenKind | null };
/** What a file says of its buyer. A SIREN or a VAT number is a company's; a word against it is believed less. */
export function kindSaid({ siren, vatNumber, kind }: Said): KnownKind {
	if (siren || vatNumber) return { kind: 'business', kindFrom: 'identifier' };
	return kind ? { kind, kindFrom: 'file' } : UNKNOWN_KIND;
}
/** What stands once a file has spoken: it teaches what nobody knew, and changes nothing that is known. A client's own number is not the file's to give. */
export function kindAfter(known: KnownKind, said: KnownKind): KnownKind {
	if (known.kind !== 'unknown' || said.kind === 'unknown') return known;
	return { kind: said.kind, kindFrom: 'file' };
}
export const isContradicted = (known: KnownKind, said: KnownKind): boolean =>
	known.kind !== 'unknown' && said.kind !== 'unknown' && known.kind !== said.kind;
