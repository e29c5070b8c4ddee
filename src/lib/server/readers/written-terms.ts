// Payment terms in fields of their own, as both grammars of EN 16931 hand them over; what is half a term is said, never completed by a guess.
import {
	noteOf,
	type AgreedDiscount,
	type AgreedInstalment,
	type AgreedTerms,
	type Mandate,
	type TermsNote
} from '../../domain/invoices/agreed-terms.ts';
import { addDays, addMonths, type CivilDate } from '../../domain/calendar/civil-date.ts';
import { warn, type Finding } from '../../domain/invoices/findings.ts';
import { parseDecimal, type Minor } from '../../domain/money/minor.ts';
import { decimalOf } from './norm-values.ts';

/** One block of terms, as written. Dates are read already: null where there is none. */
export type WrittenTerm = {
	dueOn: CivilDate | null;
	part: string | null;
	discount: {
		percent: string | null;
		base: string | null;
		amount: string | null;
		until: CivilDate | null;
		from: CivilDate | null;
		count: string | null;
		unit: string | null;
	} | null;
};
export type ReadTerms = Pick<AgreedTerms, 'discounts' | 'parts'> & { netDay: CivilDate | null; findings: Finding[] };

const WHOLE_BPS = 10_000;
const said = (value: string): Finding[] => [warn('TERMS_UNCLEAR', 'BT-20', value.slice(0, 80), '')];

/** `decimals`: of the currency of the invoice. */
export function readTerms(
	blocks: WrittenTerm[],
	text: string | null,
	issuedOn: CivilDate,
	decimals: number
): ReadTerms {
	const stepped = skontoSteps(text, issuedOn, decimals);
	const read = blocks.map((block) => ({ block, ...readBlock(block, issuedOn, decimals) }));
	const net = read.filter((one) => !one.isDiscount).map((one) => one.block);
	const dates = (net.some((block) => block.dueOn) ? net : blocks).flatMap((block) => block.dueOn ?? []);
	return {
		discounts: [...read.flatMap((one) => one.discounts), ...stepped.discounts],
		parts: read.flatMap((one) => one.parts),
		// Several dates without part amounts are the last days of discounts: the latest without one is the due date.
		netDay: dates.sort().at(-1) ?? stepped.netDay,
		findings: [...read.flatMap((one) => one.findings), ...stepped.findings]
	};
}

type ReadBlock = { discounts: AgreedDiscount[]; parts: AgreedInstalment[]; findings: Finding[]; isDiscount: boolean };
function readBlock({ dueOn, part, discount }: WrittenTerm, issuedOn: CivilDate, decimals: number): ReadBlock {
	const none = { discounts: [], parts: [], findings: [], isDiscount: false };
	if (discount) {
		const percent = written(discount.percent);
		const [base, amountMinor] = [written(discount.base, decimals), written(discount.amount, decimals)];
		const isNothing = !percent && !amountMinor;
		if (isNothing && !isWritten(discount.percent) && !isWritten(discount.amount)) return none;
		const until = discount.until ?? lastDay(discount, issuedOn) ?? dueOn;
		const isPossible = (percent ?? 0n) >= 0n && (percent ?? 0n) < WHOLE_BPS && (amountMinor ?? 0n) >= 0n;
		if (isNothing || !until || !isPossible)
			return {
				...none,
				findings: said([discount.percent, discount.amount, discount.count].filter(Boolean).join(' · ')),
				isDiscount: true
			};
		const discountBps = percent ? Number(percent) : null;
		const one = { until, discountBps, baseMinor: base || null, amountMinor: amountMinor || null };
		return { ...none, discounts: [one], isDiscount: true };
	}
	if (part === null) return none;
	const amountMinor = written(part, decimals);
	return amountMinor !== null && dueOn
		? { ...none, parts: [{ dueOn, amountMinor }] }
		: { ...none, findings: said(part) };
}
const written = (text: string | null, decimals = 2): Minor | null =>
	text === null ? null : decimalOf(text, '.', decimals);
/** A step of zero per cent is the date without discount, not a discount. */
const isWritten = (text: string | null): boolean => text !== null && written(text) !== 0n;

/** UN/ECE recommendation 20: days, weeks, months. */
function lastDay({ from, count, unit }: NonNullable<WrittenTerm['discount']>, issuedOn: CivilDate): CivilDate | null {
	if (count === null || !/^\d{1,3}(\.0+)?$/.test(count)) return null;
	const [start, many] = [from ?? issuedOn, Number(count)];
	if (unit === 'MON') return addMonths(start, many);
	if (unit === 'WEE') return addDays(start, 7 * many);
	return unit === null || unit === 'DAY' ? addDays(start, many) : null;
}

/**
 * Discount steps that German invoices write into BT-20, one a line: `#SKONTO#TAGE=7#PROZENT=2.00#`, `BASISBETRAG=` where it is not all that is due
 * (XRechnung 3.0, BR-DE-18). A step of 0.00 is the date without discount.
 */
const STEP = /^#SKONTO#TAGE=(\d{1,3})#PROZENT=(\d{1,2}\.\d{2})(?:#BASISBETRAG=(\d{1,13}\.\d{2}))?#$/;
function skontoSteps(text: string | null, issuedOn: CivilDate, decimals: number) {
	const discounts: AgreedDiscount[] = [];
	const findings: Finding[] = [];
	let netDay: CivilDate | null = null;
	for (const line of (text ?? '').split(/\r?\n/).map((one) => one.trim())) {
		if (!line.startsWith('#SKONTO#')) continue;
		const [, days, percent, base] = STEP.exec(line) ?? [];
		const bps = percent === undefined ? null : parseDecimal(percent);
		if (bps === null) {
			findings.push(...said(line));
			continue;
		}
		const until = addDays(issuedOn, Number(days));
		if (bps === 0n) netDay = until;
		else
			discounts.push({
				until,
				discountBps: Number(bps),
				baseMinor: written(base ?? null, decimals),
				amountMinor: null
			});
	}
	return { discounts, findings, netDay };
}

/** UBL has no code for a note's subject: the text begins with it, and several may follow each other (`#PMT#…#PMD#…`). */
export const notesIn = (text: string): TermsNote[] =>
	[...text.matchAll(/#([A-Z]{3})#([\s\S]*?)(?=#[A-Z]{3}#|$)/g)].flatMap(([, subject = null, words = '']) =>
		noteOf(subject, words.trim())
	);

/** UNCL4461: direct debit, SEPA direct debit. */
const DEBITS = new Set(['49', '59']);
/** Somebody collects it already, and nobody should pay it twice. */
export const isDebited = (codes: (string | null)[]): boolean =>
	codes.length > 0 && codes.every((code) => code !== null && DEBITS.has(code));
/** Nothing of a mandate is written: there is none. */
export const mandateOf = (read: Mandate): Mandate | null =>
	read.reference || read.creditorId || read.debtorIban ? read : null;
