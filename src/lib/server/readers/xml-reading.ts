// What the two grammars of EN 16931 have in common: amounts and parties are read the same way, what can't be read becomes a finding.
import {
	amountTold,
	block,
	checkDocument,
	checkVatRates,
	confirm,
	warn,
	type Finding,
	type ReadResult
} from '../../domain/invoices/findings.ts';
import type { CivilDate } from '../../domain/calendar/civil-date.ts';
import type { InvoiceDocument, Party, VatLine } from '../../domain/invoices/document.ts';
import { checkLines, type InvoiceLine } from '../../domain/invoices/lines.ts';
import { sirenFrom } from '../../domain/invoices/identifiers.ts';
import { mailboxOf } from '../../domain/mail/mailbox.ts';
import { decimalsOf } from '../../domain/money/currency.ts';
import { ZERO, type Minor } from '../../domain/money/minor.ts';
import { divideHalfUp } from '../../domain/money/shares.ts';
import { compactDay, decimalOf, isoDay, type When } from './norm-values.ts';
import { attribute, text, type Node } from './xml.ts';

/** Categories that must say why there is no VAT (BR-E-10, BR-AE-10, BR-IC-10, BR-G-10, BR-O-10). */
const EXEMPT = new Set(['E', 'AE', 'K', 'G', 'O']);
const SIREN_SCHEME = '0002';
/** `20.00`, `5.5`; a third decimal, as of a foreign rate, is rounded. No rate at all is zero (BT-119 is left out where there is no VAT). */
const rateBps = (written: string | null): number | null => {
	const value = decimalOf(written ?? '0', '.', 4);
	return value === null ? null : Number(divideHalfUp(value, 100n));
};
const exampleOf = (decimals: number): string => `1234${'.567890'.slice(0, decimals && decimals + 1)}`;

export abstract class XmlReading {
	protected readonly findings: Finding[] = [];
	protected readonly when: When;
	/** Of the currency of the invoice, which every amount of it is in (BT-5). */
	protected decimals = 2;
	private currency = '';

	constructor(when: When) {
		this.when = when;
	}
	protected currencyOf(written: string | null): string {
		this.decimals = decimalsOf(written ?? '');
		this.currency = written ?? '';
		return this.currency;
	}

	result(): ReadResult {
		const document = this.document();
		const lines = document && this.lines();
		const findings = lines
			? [
					...this.findings,
					...this.taxFindings(document),
					...checkDocument(document, this.when.today),
					...checkVatRates(document),
					...this.netFindings(document, lines),
					...checkLines(...lines, this.decimals)
				]
			: this.findings;
		if (!document || findings.some((finding) => finding.severity === 'block')) return { ok: false, findings };
		return { ok: true, document, findings };
	}
	protected abstract document(): InvoiceDocument | null;
	/** Whether the seller, or who stands for it, has a number for tax: BT-31, BT-32 or BT-63. */
	protected abstract hasTaxNumber(): boolean;
	/** Who asks for VAT says under which number (BR-S-02). */
	private taxFindings({ vatLines }: InvoiceDocument): Finding[] {
		const isTaxed = vatLines.some((line) => line.category === 'S' && line.vatMinor !== 0n);
		return isTaxed && !this.hasTaxNumber() ? [warn('SELLER_VAT_MISSING', 'BT-31', '', 'FR…')] : [];
	}
	/** The lines, and the total they are said to make. */
	protected abstract lines(): [InvoiceLine[], string | null];

	/** Document-level allowances and charges (BT-107, BT-108): their totals, or where these are left out, each of them. */
	protected abstract adjusted(): { less: (string | null)[]; more: (string | null)[] };
	/**
	 * The net total is that of the lines less allowances plus charges (BR-CO-13). Where the lines themselves make it, their total alone is wrong, and is
	 * said elsewhere (BR-CO-10); otherwise the client would pay something else than its lines.
	 */
	private netFindings(
		{ netMinor, currency }: InvoiceDocument,
		[lines, total]: [InvoiceLine[], string | null]
	): Finding[] {
		const sum = (all: (string | null)[]): bigint =>
			all.reduce((made, one) => made + (decimalOf(one ?? '0', '.', this.decimals) ?? ZERO), 0n);
		if (total === null) return [];
		const { less, more } = this.adjusted();
		const expected = sum([total]) + sum(more) - sum(less);
		const made = sum(lines.filter((line) => line.isSummed).map((line) => line.net)) + sum(more) - sum(less);
		const isNear = (one: bigint): boolean => {
			const gap = one - netMinor;
			return gap <= BigInt(lines.length || 1) && -gap <= BigInt(lines.length || 1);
		};
		if (isNear(expected) || (lines.length > 0 && isNear(made))) return [];
		return [confirm('NET_SUM', 'BT-109', amountTold(netMinor, currency), amountTold(expected, currency))];
	}

	protected money(written: string | null, field: string): Minor | null {
		if (written === null) return null;
		const value = decimalOf(written, '.', this.decimals);
		if (value !== null) return value;
		const code = /^[+-]?\d+,\d+$/.test(written) ? 'DECIMAL_COMMA' : 'AMOUNT_FORMAT';
		this.findings.push(block(code, field, written.slice(0, 40), exampleOf(this.decimals)));
		return null;
	}
	/** As written, in the currency of the invoice (BT-5): one that names another is another amount (`currencyID`), and is refused. */
	protected ofCurrency(node: Node | null, field: string): string | null {
		const [written, own, currency] = [node && text(node), attribute(node, 'currencyID'), this.currency || 'EUR'];
		if (written === null || !own || own === currency) return written;
		this.findings.push(block('CURRENCY_DIFFERS', field, `${written.slice(0, 40)} ${own.slice(0, 10)}`, currency));
		return null;
	}
	protected amountIn(node: Node | null, field: string): Minor | null {
		return this.money(this.ofCurrency(node, field), field);
	}
	/** Net amounts of charges, each with the VAT of its own rate. One that can't be read costs nobody a claim: it is as if there were none. */
	protected withVat(charges: (readonly [string | null, string | null])[]): Minor {
		return charges.reduce<bigint>((sum, [amount, rate]) => {
			const net = decimalOf(amount ?? '', '.', this.decimals) ?? ZERO;
			return sum + net + divideHalfUp(net * BigInt(rateBps(rate) ?? 0), 10_000n);
		}, 0n) as Minor;
	}
	/** A day as its grammar writes it; the other way of writing is read too, and said. */
	protected day(written: string | null, field: string, form: 'compact' | 'iso'): CivilDate | null {
		if (!written) return null;
		const read = { compact: compactDay(written), iso: isoDay(written, this.when.timeZone) };
		const date = read[form] ?? read.compact ?? read.iso;
		const expected = form === 'compact' ? 'AAAAMMJJ' : 'AAAA-MM-JJ';
		if (!date)
			this.findings.push(block('DATE_IMPOSSIBLE', field, written.slice(0, 40), `${expected}, un jour du calendrier`));
		else if (!read[form]) this.findings.push(warn('DATE_FORMAT', field, written, expected));
		return date;
	}
	protected vatLine(part: {
		base: Node | null;
		vat: Node | null;
		rate: string | null;
		category: string | null;
		exemptionReason: string | null;
	}): VatLine[] {
		const [base, vat] = [this.amountIn(part.base, 'BT-116'), this.amountIn(part.vat, 'BT-117')];
		const rate = rateBps(part.rate);
		if (rate === null) this.findings.push(block('AMOUNT_FORMAT', 'BT-119', part.rate?.slice(0, 40) ?? '', '20.00'));
		if (base === null || vat === null || rate === null) return [];
		const category = part.category ?? 'S';
		if (EXEMPT.has(category) && !part.exemptionReason)
			this.findings.push(warn('VAT_EXEMPTION_REASON', 'BT-120', '', category));
		return [{ category, rateBps: rate, baseMinor: base, vatMinor: vat }];
	}
	/** BT-59, unless its legal identifier (BT-61) is the seller's own. */
	protected otherPayee(name: string | null, legalId: string | null, seller: Party): string | null {
		const siren = sirenFrom(legalId);
		return siren && siren === seller.siren ? null : name;
	}
	protected partyOf(
		written: {
			name: string;
			legalId: string | null;
			legalScheme: unknown;
			vatNumber: string | null;
			email: string | null;
		},
		field: string
	): Party {
		const { name, legalId, vatNumber, email } = written;
		if (legalId && written.legalScheme === SIREN_SCHEME && !sirenFrom(legalId))
			this.findings.push(warn('SIREN', field, legalId, '9 chiffres'));
		if (email && !mailboxOf(email))
			this.findings.push(warn('EMAIL', field === 'BT-30' ? 'BT-43' : 'BT-58', email.slice(0, 100), 'nom@domaine.fr'));
		return {
			name,
			siren: sirenFrom(legalId) ?? sirenFrom(vatNumber),
			vatNumber: vatNumber?.replace(/\s/g, '') ?? null,
			email: mailboxOf(email)
		};
	}
}
