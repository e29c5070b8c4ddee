// One movement of the bank seen in two files: another format, another period, another program. Each format names accounts and movements in a way of its
// own, so what the bank says of the movement is compared: account, day, amount, references, payer, words. Two equal transfers stay two.
import type { StatementEntry } from './statement.ts';
import { compact, plainName } from './naming.ts';

export type ToldMovement = Pick<
	StatementEntry,
	| 'bookedOn'
	| 'valueOn'
	| 'amountMinor'
	| 'currency'
	| 'text'
	| 'endToEndId'
	| 'bankReference'
	| 'counterparty'
	| 'counterpartyIban'
> & { account: string; format: string };
/** `unclear`: nothing tells them apart and nothing says that they are one; a person looks. */
export type Sameness = 'same' | 'unclear' | 'other';

export function sameness(a: ToldMovement, b: ToldMovement): Sameness {
	if (a.amountMinor !== b.amountMinor || a.currency !== b.currency) return 'other';
	if (!daysOf(a).some((day) => daysOf(b).includes(day)) || !mayBeOneAccount(a.account, b.account)) return 'other';
	const ids = [compare(a.endToEndId, b.endToEndId), compare(a.counterpartyIban, b.counterpartyIban)];
	// A bank gives each movement a reference of its own in each of its formats.
	const references = compare(a.bankReference, b.bankReference);
	if (ids.includes('other') || (references === 'other' && a.format === b.format)) return 'other';
	if (references === 'same' || ids[0] === 'same') return 'same';
	const words = compareWords(a, b);
	// One source writes the same movement with the same words: others, in its own format, are another one or a question.
	return words === 'same' && a.format === b.format ? 'unclear' : words;
}

const daysOf = ({ bookedOn, valueOn }: ToldMovement): string[] => [bookedOn, ...(valueOn ? [valueOn] : [])];

/** IBAN, RIB, bank code and number, number alone: one holds the other's number. A mere name, or none, says nothing. */
export function mayBeOneAccount(a: string, b: string): boolean {
	const numbers = (written: string): string[] =>
		written
			.toUpperCase()
			.split(/[^0-9A-Z]+/)
			.filter((part) => (part.match(/\d/g)?.length ?? 0) >= 6);
	const [ofA, ofB] = [numbers(a), numbers(b)];
	if (!ofA.length || !ofB.length) return true;
	return ofA.some((part) => compact(b).includes(part)) || ofB.some((part) => compact(a).includes(part));
}

/** One format cuts what another has whole. `null`: one of them does not say. */
function compare(a: string | null, b: string | null): 'same' | 'other' | null {
	const [one, two] = [compact(a ?? ''), compact(b ?? '')];
	if (!one || !two) return null;
	return one === two || (Math.min(one.length, two.length) >= 12 && (one.startsWith(two) || two.startsWith(one)))
		? 'same'
		: 'other';
}

/** Words that banks put before those of the payer. */
const OF_BANKS =
	/^(VIREMENT|VIREMENTS|RECU|RECUS|EN|FAVEUR|VOTRE|INSTANTANE|CREDIT|TRANSFER|FROM|PAYMENT|MOTIF|REF|GUTSCHRIFT|DU|LE|LA|NOTPROVIDED)$/;
/** Of the one that says less, every number and short word, and four of five of the others, stand in the other. `unclear`: it says nothing, or half of it. */
function compareWords(a: ToldMovement, b: ToldMovement): Sameness {
	const words = (one: ToldMovement): string[] =>
		plainName(`${one.counterparty ?? ''} ${one.text}`)
			.split(' ')
			.filter((word) => word && !OF_BANKS.test(word));
	const [fewer, more] = [words(a), words(b)].sort((one, two) => one.length - two.length) as [string[], string[]];
	if (!fewer.length) return 'unclear';
	const glued = more.join('');
	const isShared = (word: string): boolean => (word.length <= 3 ? more.includes(word) : glued.includes(word));
	const exact = fewer.filter((word) => /\d/.test(word) || word.length <= 3);
	const shared = fewer.filter(isShared);
	if (exact.every(isShared) && shared.length >= fewer.length * 0.8) return 'same';
	return shared.some((word) => word.length > 3) ? 'unclear' : 'other';
}

/** Which of the movements that come are told already: each that is known explains one of them. The surest pairs first. */
export function alreadyTold<N extends ToldMovement, K extends ToldMovement>(
	coming: N[],
	known: K[]
): Map<N, { known: K; sameness: Exclude<Sameness, 'other'> }> {
	const found = new Map<N, { known: K; sameness: Exclude<Sameness, 'other'> }>();
	const byAmount = Map.groupBy(known, (one) => one.amountMinor);
	const taken = new Set<K>();
	for (const wanted of ['same', 'unclear'] as const)
		for (const one of coming) {
			if (found.has(one)) continue;
			const other = byAmount
				.get(one.amountMinor)
				?.find((candidate) => !taken.has(candidate) && sameness(one, candidate) === wanted);
			if (!other) continue;
			taken.add(other);
			found.set(one, { known: other, sameness: wanted });
		}
	return found;
}
