// What must be said about a file before it becomes a claim: block, confirm, warn. Codes and verdicts follow the importer sheet;
// rules cited are those of EN 16931 (BR-…) and of the French profile (BR-FR-…).
import { addDays, daysBetween, type CivilDate } from '../calendar/civil-date.ts';
import { decimalsOf } from '../money/currency.ts';
import { add, atLeastNothing, subtract } from '../money/minor.ts';
import { divideHalfUp } from '../money/shares.ts';
import { isDeposit, isKnownType, type InvoiceDocument } from './document.ts';
import { hasValidVatKey, isValidIban, vatKeyOf } from './identifiers.ts';

export type Severity = 'block' | 'confirm' | 'warn';
/** `found` and `expected` are shown as they are, so that the cure is visible. */
export type Finding = { code: string; severity: Severity; field: string; found: string; expected: string };

/** A reader's answer for one file or one row: a document, or the reason there is none. */
export type ReadResult =
	{ ok: true; document: InvoiceDocument; findings: Finding[] } | { ok: false; findings: Finding[] };

export const block = (code: string, field: string, found: string, expected: string): Finding => ({
	code,
	severity: 'block',
	field,
	found,
	expected
});
export const warn = (code: string, field: string, found: string, expected: string): Finding => ({
	code,
	severity: 'warn',
	field,
	found,
	expected
});
export const confirm = (code: string, field: string, found: string, expected: string): Finding => ({
	code,
	severity: 'confirm',
	field,
	found,
	expected
});

/** An address that a known client does not have yet: a person says whether it is let in. It opens nothing by itself. */
export const contactNew = (email: string): Finding => confirm('CONTACT_NEW', 'BT-58', email, '');

const NOT_INVOICES = new Set(['751', '325']);
const ALREADY_PAID = new Set(['B2', 'S2', 'M2']);
/** A final invoice after deposits is no deposit itself (BR-FR-CO-08). */
const AFTER_DEPOSIT = new Set(['B4', 'S4', 'M4']);

/** Lists and books have no profile of EN 16931: their reader names itself. */
const OWN_PROFILES = new Set(['csv', 'json', 'fec', 'ximport', 'rimport']);
/** By the last word of BT-24: producers write what stands before it in many ways. ZUGFeRD 1 names count in ZUGFeRD 1 files, see the CII reader. */
const PROFILE =
	/(minimum|basicwl|basic|en16931(:2017)?|comfort|extended|xrechnung_[\d.]+|en16931-ctc-fr|extended-ctc-fr|poacc:billing:3\.0|nlcius:v[\d.]+)$/i;
const isKnownProfile = (profile: string): boolean =>
	OWN_PROFILES.has(profile) || PROFILE.test(profile) || /urn:cen\.eu:en16931:2017#/.test(profile);
export const isMinimum = (profile: string | null): boolean => profile?.toLowerCase().endsWith(':minimum') ?? false;

/** Every check that needs only the document itself, and the day it is where the supplier is (null: no day is too far from it). */
export function checkDocument(d: InvoiceDocument, today: CivilDate | null = null): Finding[] {
	return [...checkIdentity(d), ...checkTotals(d), ...checkDates(d, today), ...checkInstalments(d), ...checkParties(d)];
}

/** An amount in a finding: minor units, with their currency where it has not two decimals like most. */
export const amountTold = (amount: bigint, currency: string): string =>
	decimalsOf(currency) === 2 ? String(amount) : `${amount} ${currency}`;

function checkIdentity(d: InvoiceDocument): Finding[] {
	const findings: Finding[] = [];
	if (!d.number) findings.push(block('NUMBER_MISSING', 'BT-1', '', 'un numéro de facture'));
	else if (d.number.length > 100)
		findings.push(block('NUMBER_LONG', 'BT-1', d.number.slice(0, 100), '35 caractères au plus'));
	else if (d.number.length > 35) findings.push(warn('NUMBER_LONG', 'BT-1', d.number, '35 caractères au plus'));
	if (!d.currency) findings.push(confirm('CURRENCY_MISSING', 'BT-5', '', 'EUR'));
	else if (!/^[A-Z]{3}$/.test(d.currency)) findings.push(block('CURRENCY', 'BT-5', d.currency.slice(0, 20), 'EUR'));
	if (!isKnownType(d.typeCode)) findings.push(confirm('TYPE_UNKNOWN', 'BT-3', d.typeCode.slice(0, 20), '380, 381'));
	if (NOT_INVOICES.has(d.typeCode)) findings.push(warn('INFORMATION_ONLY', 'BT-3', d.typeCode, '380'));
	if (d.profile === null) findings.push(confirm('PROFILE_MISSING', 'BT-24', '', 'urn:cen.eu:en16931:2017'));
	else if (!isKnownProfile(d.profile))
		findings.push(warn('PROFILE_UNKNOWN', 'BT-24', d.profile, 'urn:cen.eu:en16931:2017'));
	if (isDeposit(d.typeCode) && AFTER_DEPOSIT.has(d.businessProcess ?? ''))
		findings.push(warn('TYPE_FRAMEWORK', 'BT-3', d.typeCode, '380'));
	return findings;
}

/** What asks more or less of the client than the totals do is asked about; what only divides the same amount otherwise is said. */
function checkTotals(d: InvoiceDocument): Finding[] {
	const findings: Finding[] = [];
	const told = (amount: bigint): string => amountTold(amount, d.currency);
	if (add(d.netMinor, d.vatMinor) !== d.grossMinor)
		findings.push(block('TOTALS', 'BT-112', told(d.grossMinor), told(add(d.netMinor, d.vatMinor))));
	// MINIMUM has no field for what was paid in advance: its amount due may be lower with no visible reason.
	const due = add(subtract(d.grossMinor, d.prepaidMinor), d.roundingMinor);
	const whole = add(atLeastNothing(d.grossMinor), d.roundingMinor);
	if (!isMinimum(d.profile) && due !== d.dueMinor)
		findings.push(confirm('AMOUNT_DUE', 'BT-115', told(d.dueMinor), told(due)));
	else if (d.dueMinor > whole)
		findings.push(confirm('DUE_ABOVE_TOTAL', 'BT-115', told(d.dueMinor), `≤ ${told(whole)}`));
	// What is paid already asks for nothing (BR-FR-CO-09): otherwise one of the two is wrong, and it is left unpaid or paid twice.
	if (ALREADY_PAID.has(d.businessProcess ?? '') && d.dueMinor > 0n)
		findings.push(confirm('PAID_FRAMEWORK', 'BT-115', told(d.dueMinor), told(0n)));
	return [...findings, ...checkVat(d, told)];
}

/** The parts of the VAT against its total (BR-CO-14), and what they are of against the net total (BR-CO-13). Each may have been rounded on its own. */
function checkVat(d: InvoiceDocument, told: (amount: bigint) => string): Finding[] {
	if (!d.vatLines.length) return [];
	const vat = d.vatLines.reduce((sum, line) => sum + line.vatMinor, 0n);
	const base = d.vatLines.reduce((sum, line) => sum + line.baseMinor, 0n);
	const tolerance = BigInt(d.vatLines.length);
	const isFar = (one: bigint, other: bigint): boolean => one - other > tolerance || other - one > tolerance;
	const findings: Finding[] = [];
	// A discount, its credit note and the receipt would tell a VAT that the invoice does not have.
	if (vat !== d.vatMinor)
		findings.push((isFar(vat, d.vatMinor) ? confirm : warn)('VAT_SPLIT', 'BT-110', told(d.vatMinor), told(vat)));
	if (isFar(base, d.netMinor)) findings.push(confirm('VAT_BASE', 'BT-116', told(base), told(d.netMinor)));
	return findings;
}

/**
 * Each VAT amount against its base at its rate, where the file itself writes the rate (BR-CO-17). The standard's own check lets them be less than one
 * unit of the currency apart: lines may have been rounded one by one.
 */
export function checkVatRates({ vatLines, currency }: InvoiceDocument): Finding[] {
	const unit = 10n ** BigInt(decimalsOf(currency));
	return vatLines.flatMap(({ baseMinor, vatMinor, rateBps }) => {
		const computed = divideHalfUp(baseMinor * BigInt(rateBps), 10_000n);
		const gap = vatMinor - computed;
		return gap >= unit || -gap >= unit
			? [confirm('VAT_RATE', 'BT-117', amountTold(vatMinor, currency), amountTold(computed, currency))]
			: [];
	});
}

const FAR_DAYS = 366;
const DUE_DAYS = { said: 400, asked: 1100 };
function checkDates(d: InvoiceDocument, today: CivilDate | null): Finding[] {
	return [...checkIssueDate(d, today), ...checkDueDate(d)];
}
const EARLIEST = '1970-01-01';
/** A year that was typed or read wrong: nobody dates an invoice more than a year ahead without meaning it, nor before there were such files. The limit that it passes, or null. */
export function farFrom(day: CivilDate, today: CivilDate | null): string | null {
	if (day < EARLIEST) return `≥ ${EARLIEST}`;
	const last = today && addDays(today, FAR_DAYS);
	return last && day > last ? `≤ ${last}` : null;
}
function checkIssueDate({ issuedOn }: InvoiceDocument, today: CivilDate | null): Finding[] {
	const limit = farFrom(issuedOn, today);
	return limit ? [confirm('ISSUE_FAR', 'BT-2', issuedOn, limit)] : [];
}
function checkDueDate(d: InvoiceDocument): Finding[] {
	// MINIMUM has no field for it either: the line says that the date is the supplier's own term.
	if (!d.dueOn) return isMinimum(d.profile) ? [] : [warn('DUE_DATE_MISSING', 'BT-9', '', 'AAAA-MM-JJ')];
	const mayPrecede = isDeposit(d.typeCode) || ALREADY_PAID.has(d.businessProcess ?? '');
	if (d.dueOn < d.issuedOn && !mayPrecede) return [confirm('DUE_BEFORE_ISSUE', 'BT-9', d.dueOn, `≥ ${d.issuedOn}`)];
	const days = daysBetween(d.issuedOn, d.dueOn);
	if (days <= DUE_DAYS.said) return [];
	return [(days > DUE_DAYS.asked ? confirm : warn)('DUE_FAR', 'BT-9', d.dueOn, '≤ 400 jours')];
}

/** Parts that do not make the amount due are shown in the words of the file, and offered to nobody. */
function checkInstalments({ agreed, dueMinor, currency }: InvoiceDocument): Finding[] {
	const sum = agreed?.parts.reduce((all, part) => all + part.amountMinor, 0n) ?? 0n;
	if (!agreed?.parts.length || sum === dueMinor) return [];
	return [warn('PARTS_SUM', 'BT-20', amountTold(sum, currency), amountTold(dueMinor, currency))];
}

function checkParties(d: InvoiceDocument): Finding[] {
	const findings: Finding[] = [];
	if (!d.buyer.name) findings.push(block('BUYER_MISSING', 'BT-44', '', 'le nom du client'));
	for (const [field, { vatNumber }] of [
		['BT-31', d.seller],
		['BT-48', d.buyer]
	] as const)
		if (vatNumber && !hasValidVatKey(vatNumber))
			findings.push(warn('VAT_KEY', field, vatNumber, `FR${vatKeyOf(vatNumber.slice(4))}${vatNumber.slice(4)}`));
	if (d.payeeIban && !isValidIban(d.payeeIban)) findings.push(warn('IBAN', 'BT-84', d.payeeIban, 'FR76…'));
	const debtor = d.agreed?.mandate?.debtorIban;
	if (debtor && !isValidIban(debtor)) findings.push(warn('DEBTOR_IBAN', 'BT-91', debtor.slice(0, 40), 'FR76…'));
	return findings;
}

/** The verdict of a file is its gravest finding. */
export function verdictOf(findings: Finding[]): Severity | 'ok' {
	for (const severity of ['block', 'confirm', 'warn'] as const)
		if (findings.some((finding) => finding.severity === severity)) return severity;
	return 'ok';
}

/** Names are compared without their legal form: one tool writes it, another does not. */
const LEGAL_FORM =
	/[\s,]+(s\.?a\.?r\.?l|s\.?a\.?s\.?u?|s\.?a|e\.?u\.?r\.?l|s\.?n\.?c|s\.?c\.?i|gmbh|ag|ug|kg|ltd|b\.?v|n\.?v|s\.?r\.?l)\.?$/i;
/** A name of a file may be as long as the file: no register holds more than this, and nobody waits for the rest. */
const NAME_COMPARED = 200;
export const nameKeyOf = (name: string): string =>
	name
		.trim()
		.slice(0, NAME_COMPARED)
		.replace(LEGAL_FORM, '')
		.normalize('NFKD')
		.replace(/[^\p{L}\p{N}]/gu, '')
		.toLowerCase();

/** Why an imported claim can't be paid here, or null. Shown to the client in words. */
export type NotPayableReason =
	| 'settled'
	| 'credit_note'
	| 'factored'
	| 'other_payee' // BT-59 names somebody else than the seller
	| 'debited' // the supplier debits it itself (BT-81: 49, 59)
	| 'currency'
	| 'information_only'
	| 'withdrawn';
/** A supplier may say that it is to be paid here all the same: its own debit came back, the other payee is itself. */
export const mayOpen = (reason: NotPayableReason | null): boolean => reason === 'debited' || reason === 'other_payee';
export function notPayableReason(d: InvoiceDocument, debtMinor: bigint): NotPayableReason | null {
	if (NOT_INVOICES.has(d.typeCode)) return 'information_only';
	if (d.typeCode === '393' || d.typeCode === '396') return 'factored';
	if (debtMinor < 0n) return 'credit_note';
	if (debtMinor === 0n || ALREADY_PAID.has(d.businessProcess ?? '')) return 'settled';
	// Without a currency a person confirms that it is the euro.
	if ((d.currency || 'EUR') !== 'EUR') return 'currency';
	if (d.payee && nameKeyOf(d.payee) !== nameKeyOf(d.seller.name)) return 'other_payee';
	return d.agreed?.isDebited ? 'debited' : null;
}
