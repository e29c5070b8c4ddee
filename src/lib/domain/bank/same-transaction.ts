// One transaction of the bank seen in two files: another format, another period, another program. Each format names accounts and transactions in a way of its
// own, so what the bank says of the transaction is compared: account, day, amount, references, payer, words. Two equal transfers stay two.
import type { StatementLine } from './statement.ts';
import { compact, plainName } from './naming.ts';

export type SeenTransaction = Pick<
	StatementLine,
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

export const sameness = (a: SeenTransaction, b: SeenTransaction): Sameness => compareAll(plainly(a), plainly(b));

/** A transaction as it is compared: written plainly once, however often it is looked at. */
type Plain = {
	told: SeenTransaction;
	days: string[];
	account: string;
	accountNumbers: string[];
	bankReference: string;
	endToEndId: string;
	iban: string;
	words: string[];
};
const plainly = (told: SeenTransaction): Plain => ({
	told,
	days: [...new Set([told.bookedOn, told.valueOn ?? told.bookedOn])],
	account: compact(told.account),
	accountNumbers: numbersIn(told.account),
	bankReference: compact(told.bankReference ?? ''),
	endToEndId: compact(told.endToEndId ?? ''),
	iban: compact(told.counterpartyIban ?? ''),
	words: plainName(`${told.counterparty ?? ''} ${told.text}`)
		.split(' ')
		.filter((word) => word && !OF_BANKS.test(word))
});
const numbersIn = (account: string): string[] =>
	account
		.toUpperCase()
		.split(/[^0-9A-Z]+/)
		.filter((part) => (part.match(/\d/g)?.length ?? 0) >= 6);

function compareAll(a: Plain, b: Plain): Sameness {
	if (a.told.amountMinor !== b.told.amountMinor || a.told.currency !== b.told.currency) return 'other';
	if (!a.days.some((day) => b.days.includes(day)) || !areOneAccount(a, b)) return 'other';
	const [id, iban] = [compare(a.endToEndId, b.endToEndId), compare(a.iban, b.iban)];
	const isOneFormat = a.told.format === b.told.format;
	// A bank gives each transaction a reference of its own in each of its formats.
	const reference = compare(a.bankReference, b.bankReference);
	if (id === 'other' || iban === 'other' || (reference === 'other' && isOneFormat)) return 'other';
	if (reference === 'same' || id === 'same') return 'same';
	const words = compareWords(a.words, b.words);
	// One source writes the same transaction with the same words: others, in its own format, are another one or a question.
	return words === 'same' && isOneFormat ? 'unclear' : words;
}

/** IBAN, RIB, bank code and number, number alone: one holds the other's number. A mere name, or none, says nothing. */
export const mayBeOneAccount = (a: string, b: string): boolean =>
	areOneAccount(
		{ account: compact(a), accountNumbers: numbersIn(a) },
		{ account: compact(b), accountNumbers: numbersIn(b) }
	);
type Account = Pick<Plain, 'account' | 'accountNumbers'>;
const areOneAccount = (a: Account, b: Account): boolean =>
	!a.accountNumbers.length ||
	!b.accountNumbers.length ||
	a.accountNumbers.some((part) => b.account.includes(part)) ||
	b.accountNumbers.some((part) => a.account.includes(part));

/** One format cuts what another has whole. `null`: one of them does not say. */
function compare(one: string, two: string): 'same' | 'other' | null {
	if (!one || !two) return null;
	return one === two || (Math.min(one.length, two.length) >= 12 && (one.startsWith(two) || two.startsWith(one)))
		? 'same'
		: 'other';
}

/** Words that banks put before those of the payer. */
const OF_BANKS =
	/^(VIREMENT|VIREMENTS|RECU|RECUS|EN|FAVEUR|VOTRE|INSTANTANE|CREDIT|TRANSFER|FROM|PAYMENT|MOTIF|REF|GUTSCHRIFT|DU|LE|LA|NOTPROVIDED)$/;
/** Of the one that says less, every number and short word, and four of five of the others, stand in the other. `unclear`: it says nothing, or half of it. */
function compareWords(a: string[], b: string[]): Sameness {
	const [fewer, more] = a.length <= b.length ? [a, b] : [b, a];
	if (!fewer.length) return 'unclear';
	const glued = more.join('');
	const isShared = (word: string): boolean => (word.length <= 3 ? more.includes(word) : glued.includes(word));
	const exact = fewer.filter((word) => /\d/.test(word) || word.length <= 3);
	const shared = fewer.filter(isShared);
	if (exact.every(isShared) && shared.length >= fewer.length * 0.8) return 'same';
	return shared.some((word) => word.length > 3) ? 'unclear' : 'other';
}

type Found<K> = { known: K; sameness: Exclude<Sameness, 'other'> };
/** More transactions than this of one amount and day (a club's members) are told apart by references and equal words only. */
const ALIKE_MAX = 20;
/** Which of the transactions that come are told already: each that is known explains one of them. The surest pairs first. Time grows with their number. */
export function alreadyTold<N extends SeenTransaction, K extends SeenTransaction>(
	coming: N[],
	known: K[]
): Map<N, Found<K>> {
	const found = new Map<N, Found<K>>();
	const taken = new Set<K>();
	const byDay = new Map<string, { plain: Plain; known: K }[]>();
	for (const one of known) {
		const plain = plainly(one);
		for (const day of plain.days) {
			const key = `${one.amountMinor} ${day}`;
			const there = byDay.get(key);
			if (there) there.push({ plain, known: one });
			else byDay.set(key, [{ plain, known: one }]);
		}
	}
	const crowds = new Map(
		[...byDay].filter(([, all]) => all.length > ALIKE_MAX).map(([key, all]) => [key, crowdOf(all)])
	);
	const comers = coming.map((one) => ({ one, plain: plainly(one) }));
	for (const wanted of ['same', 'unclear'] as const)
		for (const { one, plain } of comers) {
			if (found.has(one)) continue;
			for (const day of plain.days) {
				const key = `${one.amountMinor} ${day}`;
				const candidates = crowds.get(key)?.(plain, wanted, taken) ?? byDay.get(key) ?? [];
				const other = candidates.find((each) => !taken.has(each.known) && compareAll(plain, each.plain) === wanted);
				if (!other) continue;
				taken.add(other.known);
				found.set(one, { known: other.known, sameness: wanted });
				break;
			}
		}
	return found;
}
/** Of many alike: those with a reference or the words of the one that is asked about; for a doubt, the next that nobody has taken. */
function crowdOf<K>(all: { plain: Plain; known: K }[]) {
	const byName = new Map<string, typeof all>();
	const namesOf = ({ bankReference, endToEndId, words }: Plain): string[] => [
		...(bankReference ? [`r ${bankReference}`] : []),
		...(endToEndId ? [`e ${endToEndId}`] : []),
		`w ${[...words].sort().join(' ')}`
	];
	for (const each of all)
		for (const name of namesOf(each.plain)) {
			const there = byName.get(name);
			if (there) there.push(each);
			else byName.set(name, [each]);
		}
	let next = 0;
	return (asked: Plain, wanted: 'same' | 'unclear', taken: Set<K>): typeof all => {
		if (wanted === 'same')
			return namesOf(asked).flatMap((name) => {
				const named = byName.get(name) ?? [];
				while (named[0] && taken.has(named[0].known)) named.shift();
				return named.slice(0, ALIKE_MAX);
			});
		for (let first = all[next]; first && taken.has(first.known); first = all[next]) next += 1;
		return all.slice(next, next + ALIKE_MAX);
	};
}
