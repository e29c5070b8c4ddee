// UBL 2.1 Invoice and CreditNote (Peppol, XRechnung, French profile of EN 16931) to an InvoiceDocument.
import { parseCivilDate, type CivilDate } from '../../domain/calendar/civil-date.ts';
import type { InvoiceDocument, Party, VatLine } from '../../domain/invoices/document.ts';
import { block, checkDocument, type Finding, type ReadResult } from '../../domain/invoices/findings.ts';
import { compactIban, sirenFrom } from '../../domain/invoices/identifiers.ts';
import { divideHalfUp, minor, parseDecimal, ZERO, type Minor } from '../../domain/money/minor.ts';
import { at, list, parseXml, rootName, text, type Node } from './xml.ts';

const ARRAYS = new Set([
	'TaxTotal',
	'TaxSubtotal',
	'PaymentMeans',
	'PaymentTerms',
	'PartyTaxScheme',
	'AllowanceCharge',
	'InvoicePeriod',
	'Delivery'
]);
const NAMESPACE = /urn:oasis:names:specification:ubl:schema:xsd:(Invoice|CreditNote)-2/;

export function readUbl(bytes: Uint8Array): ReadResult {
	const read = parseXml(bytes, ARRAYS);
	if ('finding' in read) return { ok: false, findings: [read.finding] };
	const root = at(read.tree, 'Invoice') ?? at(read.tree, 'CreditNote');
	if (!root || !NAMESPACE.test(read.xml))
		return { ok: false, findings: [block('NOT_AN_INVOICE', 'racine', rootName(bytes) ?? '', 'Invoice, CreditNote')] };
	return new UblReading(root).result();
}

/** One walk over the tree; what can't be read is collected as findings instead of thrown. */
class UblReading {
	private readonly findings: Finding[] = [];
	private readonly root: Node;
	private readonly totals: Node;

	constructor(root: Node) {
		this.root = root;
		this.totals = at(root, 'LegalMonetaryTotal') ?? {};
	}

	result(): ReadResult {
		const document = this.document();
		const findings = document ? [...this.findings, ...checkDocument(document)] : this.findings;
		if (!document || findings.some((finding) => finding.severity === 'block')) return { ok: false, findings };
		return { ok: true, document, findings };
	}

	private document(): InvoiceDocument | null {
		const { root } = this;
		const issuedOn = this.date(text(root, 'IssueDate'), 'BT-2');
		const currency = text(root, 'DocumentCurrencyCode') ?? '';
		const gross = this.amount('TaxInclusiveAmount', 'BT-112');
		const net = this.amount('TaxExclusiveAmount', 'BT-109');
		if (!issuedOn && !this.findings.length) this.findings.push(block('ISSUE_DATE_MISSING', 'BT-2', '', 'AAAA-MM-JJ'));
		if (gross === null && !this.findings.length) this.findings.push(block('TOTALS', 'BT-112', '', 'un total TTC'));
		if (!issuedOn || gross === null || this.findings.some((finding) => finding.severity === 'block')) return null;
		const prepaid = this.amount('PrepaidAmount', 'BT-113') ?? ZERO;
		const tax = this.taxTotal(currency);
		const vat = parseDecimal(text(tax, 'TaxAmount') ?? '') ?? ZERO;
		const means = list(root, 'PaymentMeans');
		const iban = means.map((mean) => text(mean, 'PayeeFinancialAccount', 'ID')).find((id) => id !== null) ?? null;
		return {
			number: text(root, 'ID') ?? '',
			typeCode: text(root, 'InvoiceTypeCode') ?? text(root, 'CreditNoteTypeCode') ?? '380',
			issuedOn,
			dueOn: this.dueDate(means),
			currency,
			seller: this.party('AccountingSupplierParty'),
			buyer: this.party('AccountingCustomerParty'),
			payee: text(root, 'PayeeParty', 'PartyName', 'Name'),
			netMinor: net ?? minor(gross - vat),
			vatMinor: vat,
			grossMinor: gross,
			prepaidMinor: prepaid,
			roundingMinor: this.amount('PayableRoundingAmount', 'BT-114') ?? ZERO,
			dueMinor: this.amount('PayableAmount', 'BT-115') ?? minor(gross - prepaid),
			vatLines: this.vatLines(tax),
			paymentReference: means.map((mean) => text(mean, 'PaymentID')).find((id) => id !== null) ?? null,
			payeeIban: iban && (compactIban(iban) || iban),
			meansCode: means[0] ? text(means[0], 'PaymentMeansCode') : null,
			deliveredOn: parseCivilDate(text(list(root, 'Delivery')[0] ?? {}, 'ActualDeliveryDate') ?? ''),
			freightMinor: this.charges(),
			// BT-8: 432 is "paid to date".
			vatOnReceipts: list(root, 'InvoicePeriod').some((period) => text(period, 'DescriptionCode') === '432'),
			termsText:
				list(root, 'PaymentTerms')
					.map((term) => text(term, 'Note'))
					.filter(Boolean)
					.join('\n') || null,
			businessProcess: text(root, 'ProfileID'),
			profile: text(root, 'CustomizationID')
		};
	}

	/** An invoice has one date of its own; a credit note only those of its means of payment. The latest counts. */
	private dueDate(means: Node[]): CivilDate | null {
		const written = [text(this.root, 'DueDate'), ...means.map((mean) => text(mean, 'PaymentDueDate'))];
		const dates = written.map((one) => this.date(one, 'BT-9')).filter((date): date is CivilDate => date !== null);
		return dates.sort().at(-1) ?? null;
	}

	/** BG-21: charges of the whole invoice, each with the VAT of its own rate. */
	private charges(): Minor {
		const charges = list(this.root, 'AllowanceCharge').filter((one) => text(one, 'ChargeIndicator') === 'true');
		return minor(
			charges.reduce((sum, charge) => {
				const net = parseDecimal(text(charge, 'Amount') ?? '') ?? ZERO;
				const rate = parseDecimal(text(charge, 'TaxCategory', 'Percent') ?? '0') ?? ZERO;
				return sum + net + divideHalfUp(net * rate, 10_000n);
			}, 0n)
		);
	}

	private amount(name: string, field: string): Minor | null {
		const written = text(this.totals, name);
		if (written === null) return null;
		const value = parseDecimal(written);
		if (value !== null) return value;
		const code = /^[+-]?\d+,\d+$/.test(written) ? 'DECIMAL_COMMA' : 'AMOUNT_FORMAT';
		this.findings.push(block(code, field, written, '1234.56'));
		return null;
	}

	/** Two totals may stand side by side, one in the accounting currency: ours is the one in the invoice's. */
	private taxTotal(currency: string): Node {
		const totals = list(this.root, 'TaxTotal');
		return totals.find((total) => at(total, 'TaxAmount')?.['@currencyID'] === currency) ?? totals[0] ?? {};
	}

	private vatLines(tax: Node): VatLine[] {
		return list(tax, 'TaxSubtotal').flatMap((part) => {
			const base = parseDecimal(text(part, 'TaxableAmount') ?? '');
			const vat = parseDecimal(text(part, 'TaxAmount') ?? '');
			const rate = parseDecimal(text(part, 'TaxCategory', 'Percent') ?? '0');
			if (base === null || vat === null || rate === null) return [];
			const category = text(part, 'TaxCategory', 'ID') ?? 'S';
			return [{ category, rateBps: Number(rate), baseMinor: base, vatMinor: vat }];
		});
	}

	private party(name: string): Party {
		const party = at(at(this.root, name) ?? {}, 'Party') ?? {};
		const vatNumber =
			list(party, 'PartyTaxScheme')
				.filter((scheme) => text(scheme, 'TaxScheme', 'ID') === 'VAT')
				.map((scheme) => text(scheme, 'CompanyID'))
				.find((id) => id !== null) ?? null;
		const endpoint = at(party, 'EndpointID');
		const email =
			text(party, 'Contact', 'ElectronicMail') ?? (endpoint?.['@schemeID'] === 'EM' ? text(endpoint) : null);
		return {
			name: text(party, 'PartyLegalEntity', 'RegistrationName') ?? text(party, 'PartyName', 'Name') ?? '',
			siren: sirenFrom(text(party, 'PartyLegalEntity', 'CompanyID')) ?? sirenFrom(vatNumber),
			vatNumber: vatNumber?.replace(/\s/g, '') ?? null,
			email: email && /^\S+@\S+\.\S+$/.test(email) ? email.toLowerCase() : null
		};
	}

	private date(written: string | null, field: string): CivilDate | null {
		if (!written) return null;
		const date = parseCivilDate(written.slice(0, 10));
		if (!date) this.findings.push(block('DATE_IMPOSSIBLE', field, written, 'AAAA-MM-JJ, un jour du calendrier'));
		return date;
	}
}
