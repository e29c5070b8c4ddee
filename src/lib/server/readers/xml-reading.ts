// What the two grammars of EN 16931 have in common: amounts and parties are read the same way, what can't be read becomes a finding.
import { block, checkDocument, warn, type Finding, type ReadResult } from '../../domain/invoices/findings.ts';
import type { InvoiceDocument, Party, VatLine } from '../../domain/invoices/document.ts';
import { checkLines, type InvoiceLine } from '../../domain/invoices/lines.ts';
import { sirenFrom } from '../../domain/invoices/identifiers.ts';
import { mailboxOf } from '../../domain/mail/mailbox.ts';
import { parseDecimal, type Minor } from '../../domain/money/minor.ts';

/** Categories that must say why there is no VAT (BR-E-10, BR-AE-10, BR-IC-10, BR-G-10, BR-O-10). */
const EXEMPT = new Set(['E', 'AE', 'K', 'G', 'O']);
const SIREN_SCHEME = '0002';

export abstract class XmlReading {
	protected readonly findings: Finding[] = [];

	result(): ReadResult {
		const document = this.document();
		const findings = document
			? [...this.findings, ...checkDocument(document), ...checkLines(...this.lines())]
			: this.findings;
		if (!document || findings.some((finding) => finding.severity === 'block')) return { ok: false, findings };
		return { ok: true, document, findings };
	}
	protected abstract document(): InvoiceDocument | null;
	/** The lines, and the total they are said to make. */
	protected abstract lines(): [InvoiceLine[], string | null];

	protected money(written: string | null, field: string): Minor | null {
		if (written === null) return null;
		const value = parseDecimal(written);
		if (value !== null) return value;
		const code = /^[+-]?\d+,\d+$/.test(written) ? 'DECIMAL_COMMA' : 'AMOUNT_FORMAT';
		this.findings.push(block(code, field, written, '1234.56'));
		return null;
	}
	protected vatLine(part: {
		base: string | null;
		vat: string | null;
		rate: string | null;
		category: string | null;
		exemptionReason: string | null;
	}): VatLine[] {
		const [base, vat, rate] = [part.base ?? '', part.vat ?? '', part.rate ?? '0'].map(parseDecimal);
		if (base == null || vat == null || rate == null) return [];
		const category = part.category ?? 'S';
		if (EXEMPT.has(category) && !part.exemptionReason)
			this.findings.push(warn('VAT_EXEMPTION_REASON', 'BT-120', '', category));
		return [{ category, rateBps: Number(rate), baseMinor: base, vatMinor: vat }];
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
