// UN/CEFACT Cross Industry Invoice (Factur-X, ZUGFeRD 1 and 2, XRechnung CII) to an InvoiceDocument.
// Amounts stay text until they are minor units.
import { parseCivilDate, type CivilDate } from '../../domain/calendar/civil-date.ts';
import type { InvoiceDocument, Party, VatLine } from '../../domain/invoices/document.ts';
import { block, checkDocument, warn, type Finding, type ReadResult } from '../../domain/invoices/findings.ts';
import { compactIban, sirenFrom } from '../../domain/invoices/identifiers.ts';
import { divideHalfUp, minor, parseDecimal, ZERO, type Minor } from '../../domain/money/minor.ts';
import { at, list, parseXml, rootName, text, type Node } from './xml.ts';

const ARRAYS = new Set([
	'ApplicableTradeTax',
	'SpecifiedTradePaymentTerms',
	'SpecifiedTradeSettlementPaymentMeans',
	'TaxTotalAmount',
	'GlobalID',
	'SpecifiedTaxRegistration',
	'SpecifiedAdvancePayment',
	'SpecifiedTradeAllowanceCharge',
	'SpecifiedLogisticsServiceCharge',
	'URIUniversalCommunication'
]);

export function readCii(bytes: Uint8Array): ReadResult {
	const read = parseXml(bytes, ARRAYS);
	if ('finding' in read) return { ok: false, findings: [read.finding] };
	const root = at(read.tree, 'CrossIndustryInvoice') ?? at(read.tree, 'CrossIndustryDocument');
	if (!root || !/CrossIndustry(Invoice|Document):/i.test(read.xml))
		return { ok: false, findings: [block('NOT_AN_INVOICE', 'racine', rootName(bytes) ?? '', 'CrossIndustryInvoice')] };
	return new CiiReading(root).result();
}

/** One walk over the tree; what can't be read is collected as findings instead of thrown. */
class CiiReading {
	private readonly findings: Finding[] = [];
	private readonly root: Node;
	private readonly header: Node;
	private readonly agreement: Node;
	private readonly delivery: Node;
	private readonly settlement: Node;
	private readonly summation: Node;

	constructor(root: Node) {
		this.root = root;
		this.header = at(root, 'ExchangedDocument') ?? at(root, 'HeaderExchangedDocument') ?? {};
		const transaction =
			at(root, 'SupplyChainTradeTransaction') ?? at(root, 'SpecifiedSupplyChainTradeTransaction') ?? {};
		this.agreement =
			at(transaction, 'ApplicableHeaderTradeAgreement') ?? at(transaction, 'ApplicableSupplyChainTradeAgreement') ?? {};
		this.delivery =
			at(transaction, 'ApplicableHeaderTradeDelivery') ?? at(transaction, 'ApplicableSupplyChainTradeDelivery') ?? {};
		this.settlement =
			at(transaction, 'ApplicableHeaderTradeSettlement') ??
			at(transaction, 'ApplicableSupplyChainTradeSettlement') ??
			{};
		this.summation =
			at(this.settlement, 'SpecifiedTradeSettlementHeaderMonetarySummation') ??
			at(this.settlement, 'SpecifiedTradeSettlementMonetarySummation') ??
			{};
	}

	result(): ReadResult {
		const document = this.document();
		const findings = document ? [...this.findings, ...checkDocument(document)] : this.findings;
		if (!document || findings.some((finding) => finding.severity === 'block')) return { ok: false, findings };
		return { ok: true, document, findings };
	}

	private document(): InvoiceDocument | null {
		const issuedOn = this.date(at(this.header, 'IssueDateTime'), 'BT-2');
		const currency = text(this.settlement, 'InvoiceCurrencyCode') ?? '';
		const gross = this.amount('GrandTotalAmount', 'BT-112');
		const net = this.amount('TaxBasisTotalAmount', 'BT-109');
		if (!issuedOn && !this.findings.length) this.findings.push(block('ISSUE_DATE_MISSING', 'BT-2', '', 'AAAAMMJJ'));
		if (gross === null && !this.findings.length) this.findings.push(block('TOTALS', 'BT-112', '', 'un total TTC'));
		if (!issuedOn || gross === null || this.findings.some((finding) => finding.severity === 'block')) return null;
		const prepaid = this.amount('TotalPrepaidAmount', 'BT-113') ?? ZERO;
		const vat = this.vatTotal(currency);
		const terms = list(this.settlement, 'SpecifiedTradePaymentTerms');
		const means = list(this.settlement, 'SpecifiedTradeSettlementPaymentMeans');
		const transfer = means.find((mean) => text(mean, 'PayeePartyCreditorFinancialAccount', 'IBANID'));
		return {
			number: text(this.header, 'ID') ?? '',
			typeCode: text(this.header, 'TypeCode') ?? '380',
			issuedOn,
			dueOn: this.dueDate(terms),
			currency,
			seller: this.party('SellerTradeParty'),
			buyer: this.party('BuyerTradeParty'),
			payee: text(this.settlement, 'PayeeTradeParty', 'Name'),
			netMinor: net ?? minor(gross - vat),
			vatMinor: vat,
			grossMinor: gross,
			prepaidMinor: prepaid,
			roundingMinor: this.amount('RoundingAmount', 'BT-114') ?? ZERO,
			dueMinor: this.amount('DuePayableAmount', 'BT-115') ?? minor(gross - prepaid),
			vatLines: this.vatLines(),
			paymentReference: text(this.settlement, 'PaymentReference'),
			payeeIban: transfer
				? compactIban(text(transfer, 'PayeePartyCreditorFinancialAccount', 'IBANID')!) ||
					text(transfer, 'PayeePartyCreditorFinancialAccount', 'IBANID')
				: null,
			meansCode: means[0] ? text(means[0], 'TypeCode') : null,
			deliveredOn: this.deliveryDate(),
			freightMinor: this.charges(),
			vatOnReceipts: this.isVatOnReceipts(),
			termsText:
				terms
					.map((term) => text(term, 'Description'))
					.filter(Boolean)
					.join('\n') || null,
			businessProcess: text(
				this.root,
				'ExchangedDocumentContext',
				'BusinessProcessSpecifiedDocumentContextParameter',
				'ID'
			),
			profile:
				text(this.root, 'ExchangedDocumentContext', 'GuidelineSpecifiedDocumentContextParameter', 'ID') ??
				text(this.root, 'SpecifiedExchangedDocumentContext', 'GuidelineSpecifiedDocumentContextParameter', 'ID')
		};
	}

	/** BT-72. A date that can't be read costs nobody a claim: it is as if there were none. */
	private deliveryDate(): CivilDate | null {
		const written = text(this.delivery, 'ActualDeliverySupplyChainEvent', 'OccurrenceDateTime', 'DateTimeString');
		const [, year, month, day] = /^(\d{4})-?(\d{2})-?(\d{2})/.exec(written ?? '') ?? [];
		return parseCivilDate(`${year}-${month}-${day}`);
	}

	/** BG-21: freight and other charges of the whole invoice, each with the VAT of its own rate. */
	private charges(): Minor {
		const charges = list(this.settlement, 'SpecifiedTradeAllowanceCharge').filter(
			(charge) => text(charge, 'ChargeIndicator', 'Indicator') === 'true'
		);
		const amounts = [
			...charges.map((charge) => [
				text(charge, 'ActualAmount'),
				text(charge, 'CategoryTradeTax', 'RateApplicablePercent')
			]),
			...list(this.settlement, 'SpecifiedLogisticsServiceCharge').map((charge) => [
				text(charge, 'AppliedAmount'),
				text(charge, 'AppliedTradeTax', 'RateApplicablePercent')
			])
		];
		return minor(
			amounts.reduce((sum, [amount, rate]) => {
				const net = parseDecimal(amount ?? '') ?? ZERO;
				return sum + net + divideHalfUp(net * (parseDecimal(rate ?? '0') ?? ZERO), 10_000n);
			}, 0n)
		);
	}

	/** BT-8 says 72 (paid to date) where VAT falls due on receipts. */
	private isVatOnReceipts(): boolean {
		const codes = list(this.settlement, 'ApplicableTradeTax').map((tax) => text(tax, 'DueDateTypeCode'));
		return codes.length > 0 && codes.every((code) => code === '72');
	}

	private amount(name: string, field: string): Minor | null {
		const node = at(this.summation, name);
		const written = node ? text(node) : null;
		if (written === null) return null;
		const value = parseDecimal(written);
		if (value !== null) return value;
		const code = /^[+-]?\d+,\d+$/.test(written) ? 'DECIMAL_COMMA' : 'AMOUNT_FORMAT';
		this.findings.push(block(code, field, written, '1234.56'));
		return null;
	}

	/** Two totals may stand side by side, one in the accounting currency: ours is the one in the invoice's. */
	private vatTotal(currency: string): Minor {
		const totals = list(this.summation, 'TaxTotalAmount');
		const chosen = totals.find((total) => total['@currencyID'] === currency) ?? totals[0];
		return (chosen && parseDecimal(text(chosen) ?? '')) ?? ZERO;
	}

	private vatLines(): VatLine[] {
		return list(this.settlement, 'ApplicableTradeTax').flatMap((tax) => {
			const base = parseDecimal(text(tax, 'BasisAmount') ?? '');
			const vat = parseDecimal(text(tax, 'CalculatedAmount') ?? '');
			const rate = parseDecimal(text(tax, 'RateApplicablePercent') ?? text(tax, 'ApplicablePercent') ?? '0');
			if (base === null || vat === null || rate === null) return [];
			return [{ category: text(tax, 'CategoryCode') ?? 'S', rateBps: Number(rate), baseMinor: base, vatMinor: vat }];
		});
	}

	private party(name: string): Party {
		const party = at(this.agreement, name) ?? {};
		const registrations = list(party, 'SpecifiedTaxRegistration')
			.map((registration) => text(registration, 'ID'))
			.filter((id): id is string => id !== null);
		const vatNumber = registrations.find((id) => /^[A-Z]{2}/.test(id)) ?? null;
		const legal = text(party, 'SpecifiedLegalOrganization', 'ID');
		const email =
			text(party, 'DefinedTradeContact', 'EmailURIUniversalCommunication', 'URIID') ??
			text(list(party, 'URIUniversalCommunication').find((uri) => text(uri, 'URIID')?.includes('@')) ?? {}, 'URIID');
		return {
			name: text(party, 'Name') ?? '',
			siren: sirenFrom(legal) ?? sirenFrom(vatNumber),
			vatNumber: vatNumber?.replace(/\s/g, '') ?? null,
			email: email && /^\S+@\S+\.\S+$/.test(email) ? email.toLowerCase() : null
		};
	}

	/** Several dates without part amounts are discount alternatives: the latest is the due date (importer sheet, part 2). */
	private dueDate(terms: Node[]): CivilDate | null {
		const dates = terms
			.map((term) => this.date(at(term, 'DueDateDateTime'), 'BT-9'))
			.filter((date): date is CivilDate => date !== null);
		return dates.sort().at(-1) ?? null;
	}

	private date(node: Node | null, field: string): CivilDate | null {
		const written = node ? (text(node, 'DateTimeString') ?? text(node, 'DateTime') ?? text(node)) : null;
		if (!written) return null;
		const compact = /^(\d{4})(\d{2})(\d{2})/.exec(written);
		const iso = /^(\d{4})-(\d{2})-(\d{2})/.exec(written);
		const parts = compact ?? iso;
		const date = parts ? parseCivilDate(`${parts[1]}-${parts[2]}-${parts[3]}`) : null;
		if (!date) this.findings.push(block('DATE_IMPOSSIBLE', field, written, 'AAAAMMJJ, un jour du calendrier'));
		else if (!compact) this.findings.push(warn('DATE_FORMAT', field, written, 'AAAAMMJJ'));
		return date;
	}
}
