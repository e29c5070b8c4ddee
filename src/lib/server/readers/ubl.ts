// UBL 2.1 Invoice and CreditNote (Peppol, XRechnung, French profile of EN 16931) to an InvoiceDocument.
import type { CivilDate } from '../../domain/calendar/civil-date.ts';
import { isCreditType, type InvoiceDocument, type Party, type VatLine } from '../../domain/invoices/document.ts';
import type { AgreedInstalment, Mandate } from '../../domain/invoices/agreed-terms.ts';
import { block, type ReadResult } from '../../domain/invoices/findings.ts';
import type { InvoiceLine } from '../../domain/invoices/lines.ts';
import { minor, ZERO, type Minor } from '../../domain/money/minor.ts';
import { accountKey, payeeAccounts } from './payee-accounts.ts';
import { ANY_DAY, isoDay, type When } from './norm-values.ts';
import { precedingOf } from './preceding.ts';
import { isDebited, mandateOf, notesIn, readTerms, type ReadTerms, type WrittenTerm } from './written-terms.ts';
import { XmlReading } from './xml-reading.ts';
import { at, attribute, list, parseXml, rootName, text, type Node } from './xml.ts';

const ARRAYS = new Set([
	'TaxTotal',
	'TaxSubtotal',
	'BillingReference',
	'PaymentMeans',
	'PaymentTerms',
	'PartyTaxScheme',
	'AllowanceCharge',
	'InvoicePeriod',
	'Delivery',
	'InvoiceLine',
	'CreditNoteLine',
	'PartyIdentification',
	'Note'
]);
const NAMESPACE = /urn:oasis:names:specification:ubl:schema:xsd:(Invoice|CreditNote)-2/;

export function readUbl(bytes: Uint8Array, when: When = ANY_DAY): ReadResult {
	const read = parseXml(bytes, ARRAYS);
	if ('finding' in read) return { ok: false, findings: [read.finding] };
	const creditNote = at(read.tree, 'CreditNote');
	const root = at(read.tree, 'Invoice') ?? creditNote;
	if (!root || !NAMESPACE.test(read.xml))
		return { ok: false, findings: [block('NOT_AN_INVOICE', 'racine', rootName(bytes) ?? '', 'Invoice, CreditNote')] };
	return new UblReading(root, when, root === creditNote).result();
}

/** One walk over the tree; what can't be read is collected as findings instead of thrown. */
class UblReading extends XmlReading {
	private readonly root: Node;
	private readonly isCreditNote: boolean;
	private readonly totals: Node;

	constructor(root: Node, when: When, isCreditNote: boolean) {
		super(when);
		this.root = root;
		this.isCreditNote = isCreditNote;
		this.totals = at(root, 'LegalMonetaryTotal') ?? {};
	}

	protected document(): InvoiceDocument | null {
		const { root } = this;
		const issuedOn = this.date(text(root, 'IssueDate'), 'BT-2');
		const currency = this.currencyOf(text(root, 'DocumentCurrencyCode'));
		const gross = this.amount('TaxInclusiveAmount', 'BT-112');
		const net = this.amount('TaxExclusiveAmount', 'BT-109');
		if (!issuedOn && !this.findings.length) this.findings.push(block('ISSUE_DATE_MISSING', 'BT-2', '', 'AAAA-MM-JJ'));
		if (gross === null && !this.findings.length) this.findings.push(block('TOTALS', 'BT-112', '', 'un total TTC'));
		if (!issuedOn || gross === null || this.findings.some((finding) => finding.severity === 'block')) return null;
		const prepaid = this.amount('PrepaidAmount', 'BT-113') ?? ZERO;
		const tax = this.taxTotal(currency);
		const vat = this.amountIn(at(tax, 'TaxAmount'), 'BT-110') ?? ZERO;
		const means = list(root, 'PaymentMeans');
		const terms = this.terms(issuedOn);
		const seller = this.party('AccountingSupplierParty');
		const payeeId = text(root, 'PayeeParty', 'PartyLegalEntity', 'CompanyID');
		const payeeName = this.otherPayee(text(root, 'PayeeParty', 'PartyName', 'Name'), payeeId, seller);
		const iban = means.map((mean) => text(mean, 'PayeeFinancialAccount', 'ID')).find((id) => id !== null) ?? null;
		return {
			number: text(root, 'ID') ?? '',
			typeCode: text(root, 'InvoiceTypeCode') ?? this.creditNoteType() ?? '380',
			issuedOn,
			dueOn: this.dueDate(means, terms.parts) ?? terms.netDay,
			currency,
			seller,
			buyer: this.party('AccountingCustomerParty'),
			payee: payeeName,
			netMinor: net ?? minor(gross - vat),
			vatMinor: vat,
			grossMinor: gross,
			prepaidMinor: prepaid,
			roundingMinor: this.amount('PayableRoundingAmount', 'BT-114') ?? ZERO,
			dueMinor: this.amount('PayableAmount', 'BT-115') ?? minor(gross - prepaid),
			vatLines: this.vatLines(tax),
			paymentReference: means.map((mean) => text(mean, 'PaymentID')).find((id) => id !== null) ?? null,
			payeeIban: iban && accountKey(iban),
			payeeAccounts: payeeAccounts(root),
			meansCode: means[0] ? text(means[0], 'PaymentMeansCode') : null,
			deliveredOn: isoDay(text(list(root, 'Delivery')[0] ?? {}, 'ActualDeliveryDate') ?? '', this.when.timeZone),
			freightMinor: this.charges(),
			// BT-8: 432 is "paid to date".
			vatOnReceipts: list(root, 'InvoicePeriod').some((period) => text(period, 'DescriptionCode') === '432'),
			termsText: this.termsText(),
			preceding: precedingOf(
				list(root, 'BillingReference')
					.map((one) => at(one, 'InvoiceDocumentReference'))
					.filter((one) => one !== null)
					.map((one) => ({ number: text(one, 'ID'), issuedOn: text(one, 'IssueDate') }))
			),
			agreed: {
				discounts: terms.discounts,
				parts: terms.parts,
				notes: list(root, 'Note').flatMap((note) => notesIn(text(note) ?? '')),
				mandate: this.mandate(means),
				isDebited: isDebited(means.map((mean) => text(mean, 'PaymentMeansCode'))),
				payee: payeeName ? { name: payeeName, iban } : null
			},
			businessProcess: text(root, 'ProfileID'),
			profile: text(root, 'CustomizationID')
		};
	}

	/** A credit note says so by its name, whatever code it leaves out or takes from elsewhere. */
	private creditNoteType(): string | null {
		const code = text(this.root, 'CreditNoteTypeCode');
		return this.isCreditNote && !isCreditType(code ?? '') ? '381' : code;
	}
	protected hasTaxNumber(): boolean {
		const parties = [
			at(at(this.root, 'AccountingSupplierParty') ?? {}, 'Party'),
			at(this.root, 'TaxRepresentativeParty')
		];
		return parties.some((party) => list(party ?? {}, 'PartyTaxScheme').some((one) => text(one, 'CompanyID') !== null));
	}
	/** The core of EN 16931 has words only; UBL 2.1 itself has discounts and dated parts, which wider profiles use. */
	private terms(issuedOn: CivilDate): ReadTerms {
		const blocks = list(this.root, 'PaymentTerms').map((term): WrittenTerm => {
			const due = text(term, 'InstallmentDueDate') ?? text(term, 'PaymentDueDate');
			const percent = text(term, 'SettlementDiscountPercent');
			const amount = text(term, 'SettlementDiscountAmount');
			return {
				dueOn: this.date(due, 'BT-9'),
				part: text(term, 'Amount'),
				discount:
					percent || amount
						? {
								percent,
								base: null,
								amount,
								until: this.date(text(term, 'SettlementPeriod', 'EndDate'), 'BT-20'),
								from: this.date(text(term, 'SettlementPeriod', 'StartDate'), 'BT-20'),
								count: text(term, 'SettlementPeriod', 'DurationMeasure'),
								unit: attribute(at(at(term, 'SettlementPeriod') ?? {}, 'DurationMeasure'), 'unitCode')
							}
						: null
			};
		});
		const read = readTerms(blocks, this.termsText(), issuedOn, this.decimals);
		this.findings.push(...read.findings);
		return read;
	}
	private termsText(): string | null {
		const texts = list(this.root, 'PaymentTerms').map((term) => text(term, 'Note'));
		return texts.filter(Boolean).join('\n') || null;
	}
	private mandate(means: Node[]): Mandate | null {
		const ids = [
			...list(at(at(this.root, 'AccountingSupplierParty') ?? {}, 'Party') ?? {}, 'PartyIdentification'),
			...list(at(this.root, 'PayeeParty') ?? {}, 'PartyIdentification')
		].map((identification) => at(identification, 'ID'));
		const first = (...path: string[]) =>
			means.map((mean) => text(mean, 'PaymentMandate', ...path)).find(Boolean) ?? null;
		return mandateOf({
			reference: first('ID'),
			creditorId: ids.flatMap((id) => (id && attribute(id, 'schemeID') === 'SEPA' ? (text(id) ?? []) : []))[0] ?? null,
			debtorIban: first('PayerFinancialAccount', 'ID')
		});
	}

	/** An invoice has one date of its own; a credit note only those of its means of payment; parts have theirs. The latest counts. */
	private dueDate(means: Node[], parts: AgreedInstalment[]): CivilDate | null {
		const written = [text(this.root, 'DueDate'), ...means.map((mean) => text(mean, 'PaymentDueDate'))];
		const dates = written.map((one) => this.date(one, 'BT-9')).filter((date): date is CivilDate => date !== null);
		return [...dates, ...parts.map((part) => part.dueOn)].sort().at(-1) ?? null;
	}

	protected adjusted(): { less: (string | null)[]; more: (string | null)[] } {
		const of = (isCharge: string): (string | null)[] =>
			list(this.root, 'AllowanceCharge')
				.filter((one) => text(one, 'ChargeIndicator') === isCharge)
				.map((one) => text(one, 'Amount'));
		const [less, more] = [text(this.totals, 'AllowanceTotalAmount'), text(this.totals, 'ChargeTotalAmount')];
		return { less: less === null ? of('false') : [less], more: more === null ? of('true') : [more] };
	}
	/** BG-21: charges of the whole invoice. */
	private charges(): Minor {
		const charges = list(this.root, 'AllowanceCharge').filter((one) => text(one, 'ChargeIndicator') === 'true');
		return this.withVat(
			charges.map((charge) => [text(charge, 'Amount'), text(charge, 'TaxCategory', 'Percent')] as const)
		);
	}

	private amount(name: string, field: string): Minor | null {
		return this.amountIn(at(this.totals, name), field);
	}

	/** Two totals may stand side by side, one in the accounting currency: ours is the one in the invoice's. */
	private taxTotal(currency: string): Node {
		const totals = list(this.root, 'TaxTotal');
		return totals.find((total) => at(total, 'TaxAmount')?.['@currencyID'] === currency) ?? totals[0] ?? {};
	}

	private vatLines(tax: Node): VatLine[] {
		return list(tax, 'TaxSubtotal').flatMap((part) =>
			this.vatLine({
				base: at(part, 'TaxableAmount'),
				vat: at(part, 'TaxAmount'),
				rate: text(part, 'TaxCategory', 'Percent'),
				category: text(part, 'TaxCategory', 'ID'),
				exemptionReason:
					text(part, 'TaxCategory', 'TaxExemptionReason') ?? text(part, 'TaxCategory', 'TaxExemptionReasonCode')
			})
		);
	}

	protected lines(): [InvoiceLine[], string | null] {
		const lines = [...list(this.root, 'InvoiceLine'), ...list(this.root, 'CreditNoteLine')].map((line, i) => ({
			id: text(line, 'ID') ?? String(i + 1),
			net: this.ofCurrency(at(line, 'LineExtensionAmount'), `ligne ${text(line, 'ID') ?? i + 1}, BT-131`),
			quantity: text(line, 'InvoicedQuantity') ?? text(line, 'CreditedQuantity'),
			price: text(line, 'Price', 'PriceAmount'),
			priceQuantity: text(line, 'Price', 'BaseQuantity'),
			adjustments: list(line, 'AllowanceCharge').map(
				(one) => `${text(one, 'ChargeIndicator') === 'true' ? '' : '-'}${text(one, 'Amount') ?? '0'}`
			),
			isSummed: true
		}));
		return [lines, text(this.totals, 'LineExtensionAmount')];
	}

	private party(name: string): Party {
		const party = at(at(this.root, name) ?? {}, 'Party') ?? {};
		const legal = at(at(party, 'PartyLegalEntity') ?? {}, 'CompanyID');
		const endpoint = at(party, 'EndpointID');
		return this.partyOf(
			{
				name: text(party, 'PartyLegalEntity', 'RegistrationName') ?? text(party, 'PartyName', 'Name') ?? '',
				legalId: legal && text(legal),
				legalScheme: legal?.['@schemeID'],
				vatNumber:
					list(party, 'PartyTaxScheme')
						.filter((scheme) => text(scheme, 'TaxScheme', 'ID') === 'VAT')
						.map((scheme) => text(scheme, 'CompanyID'))
						.find((id) => id !== null) ?? null,
				email: text(party, 'Contact', 'ElectronicMail') ?? (endpoint?.['@schemeID'] === 'EM' ? text(endpoint) : null)
			},
			name === 'AccountingSupplierParty' ? 'BT-30' : 'BT-47'
		);
	}

	private date(written: string | null, field: string): CivilDate | null {
		return this.day(written, field, 'iso');
	}
}
