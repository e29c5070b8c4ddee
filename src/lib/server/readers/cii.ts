// UN/CEFACT Cross Industry Invoice (Factur-X, ZUGFeRD 1 and 2, XRechnung CII) to an InvoiceDocument. Amounts stay text until they are minor units.
import type { CivilDate } from '../../domain/calendar/civil-date.ts';
import type { InvoiceDocument, Party, VatLine } from '../../domain/invoices/document.ts';
import { noteOf, type Mandate, type TermsNote } from '../../domain/invoices/agreed-terms.ts';
import { block, isMinimum, warn, type ReadResult } from '../../domain/invoices/findings.ts';
import type { InvoiceLine } from '../../domain/invoices/lines.ts';
import { minor, ZERO, type Minor } from '../../domain/money/minor.ts';
import { accountKey, payeeAccounts } from './payee-accounts.ts';
import { ANY_DAY, compactDay, isoDay, type When } from './norm-values.ts';
import { precedingOf } from './preceding.ts';
import { isDebited, mandateOf, readTerms, type ReadTerms, type WrittenTerm } from './written-terms.ts';
import { XmlReading } from './xml-reading.ts';
import { at, attribute, list, parseXml, rootName, text, type Node } from './xml.ts';

const ARRAYS = new Set([
	'ApplicableTradeTax',
	'InvoiceReferencedDocument',
	'SpecifiedTradePaymentTerms',
	'SpecifiedTradeSettlementPaymentMeans',
	'TaxTotalAmount',
	'GlobalID',
	'SpecifiedTaxRegistration',
	'SpecifiedAdvancePayment',
	'SpecifiedTradeAllowanceCharge',
	'SpecifiedLogisticsServiceCharge',
	'URIUniversalCommunication',
	'IncludedSupplyChainTradeLineItem',
	'IncludedNote'
]);

export function readCii(bytes: Uint8Array, when: When = ANY_DAY): ReadResult {
	const read = parseXml(bytes, ARRAYS);
	if ('finding' in read) return { ok: false, findings: [read.finding] };
	const root = at(read.tree, 'CrossIndustryInvoice') ?? at(read.tree, 'CrossIndustryDocument');
	if (!root || !/CrossIndustry(Invoice|Document):/i.test(read.xml))
		return { ok: false, findings: [block('NOT_AN_INVOICE', 'racine', rootName(bytes) ?? '', 'CrossIndustryInvoice')] };
	return new CiiReading(root, when, 'CrossIndustryDocument' in read.tree).result();
}

/** One walk over the tree; what can't be read is collected as findings instead of thrown. */
class CiiReading extends XmlReading {
	private readonly root: Node;
	private readonly isZugferd1: boolean;
	private readonly header: Node;
	private readonly context: Node;
	private readonly transaction: Node;
	private readonly agreement: Node;
	private readonly delivery: Node;
	private readonly settlement: Node;
	private readonly summation: Node;

	constructor(root: Node, when: When, isZugferd1: boolean) {
		super(when);
		this.root = root;
		this.isZugferd1 = isZugferd1;
		this.header = at(root, 'ExchangedDocument') ?? at(root, 'HeaderExchangedDocument') ?? {};
		this.context = at(root, 'ExchangedDocumentContext') ?? {};
		const transaction =
			at(root, 'SupplyChainTradeTransaction') ?? at(root, 'SpecifiedSupplyChainTradeTransaction') ?? {};
		this.transaction = transaction;
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

	protected document(): InvoiceDocument | null {
		const issuedOn = this.date(at(this.header, 'IssueDateTime'), 'BT-2');
		const currency = this.currencyOf(text(this.settlement, 'InvoiceCurrencyCode'));
		const gross = this.amount('GrandTotalAmount', 'BT-112');
		const net = this.amount('TaxBasisTotalAmount', 'BT-109');
		if (!issuedOn && !this.findings.length) this.findings.push(block('ISSUE_DATE_MISSING', 'BT-2', '', 'AAAAMMJJ'));
		if (gross === null && !this.findings.length) this.findings.push(block('TOTALS', 'BT-112', '', 'un total TTC'));
		if (!issuedOn || gross === null || this.findings.some((finding) => finding.severity === 'block')) return null;
		const prepaid = this.amount('TotalPrepaidAmount', 'BT-113') ?? ZERO;
		const vat = this.vatTotal(currency);
		const terms = this.terms(issuedOn);
		const means = list(this.settlement, 'SpecifiedTradeSettlementPaymentMeans');
		const iban = means.map((mean) => text(mean, 'PayeePartyCreditorFinancialAccount', 'IBANID')).find(Boolean) ?? null;
		const seller = this.party('SellerTradeParty');
		const payeeId = text(this.settlement, 'PayeeTradeParty', 'SpecifiedLegalOrganization', 'ID');
		const payeeName = this.otherPayee(text(this.settlement, 'PayeeTradeParty', 'Name'), payeeId, seller);
		return {
			number: text(this.header, 'ID') ?? '',
			typeCode: text(this.header, 'TypeCode') ?? '380',
			issuedOn,
			dueOn: terms.netDay,
			currency,
			seller,
			buyer: this.party('BuyerTradeParty'),
			payee: payeeName,
			netMinor: net ?? minor(gross - vat),
			vatMinor: vat,
			grossMinor: gross,
			prepaidMinor: prepaid,
			roundingMinor: this.amount('RoundingAmount', 'BT-114') ?? ZERO,
			dueMinor: this.amount('DuePayableAmount', 'BT-115') ?? minor(gross - prepaid),
			vatLines: this.vatLines(),
			paymentReference: text(this.settlement, 'PaymentReference'),
			payeeIban: iban && accountKey(iban),
			payeeAccounts: payeeAccounts(this.root),
			meansCode: means[0] ? text(means[0], 'TypeCode') : null,
			deliveredOn: this.deliveryDate(),
			freightMinor: this.charges(),
			vatOnReceipts: this.isVatOnReceipts(),
			termsText: this.termsText(),
			preceding: precedingOf(
				list(this.settlement, 'InvoiceReferencedDocument').map((one) => ({
					number: text(one, 'IssuerAssignedID'),
					issuedOn: text(one, 'FormattedIssueDateTime', 'DateTimeString')
				}))
			),
			agreed: {
				discounts: terms.discounts,
				parts: terms.parts,
				notes: this.notes(),
				mandate: this.mandate(means),
				isDebited: isDebited(means.map((mean) => text(mean, 'TypeCode'))),
				payee: payeeName ? { name: payeeName, iban } : null
			},
			businessProcess: text(this.context, 'BusinessProcessSpecifiedDocumentContextParameter', 'ID'),
			profile: this.profile()
		};
	}

	/** BT-24. What is there is kept, even when it is richer than the profile, or of another generation. */
	private profile(): string | null {
		const profile =
			text(this.context, 'GuidelineSpecifiedDocumentContextParameter', 'ID') ??
			text(this.root, 'SpecifiedExchangedDocumentContext', 'GuidelineSpecifiedDocumentContextParameter', 'ID');
		if (profile?.startsWith('urn:ferd:') && !this.isZugferd1)
			this.findings.push(warn('PROFILE_UNKNOWN', 'BT-24', profile, 'urn:cen.eu:en16931:2017'));
		if (profile !== null && isMinimum(profile) && list(this.transaction, 'IncludedSupplyChainTradeLineItem').length)
			this.findings.push(warn('PROFILE_CONTENT', 'BT-24', profile, 'BASIC'));
		return profile;
	}

	/** BT-72. A date that can't be read costs nobody a claim: it is as if there were none. */
	private deliveryDate(): CivilDate | null {
		const written = text(this.delivery, 'ActualDeliverySupplyChainEvent', 'OccurrenceDateTime', 'DateTimeString');
		return written === null ? null : (compactDay(written) ?? isoDay(written, this.when.timeZone));
	}

	/** BG-21: freight and other charges of the whole invoice. */
	private charges(): Minor {
		const charges = list(this.settlement, 'SpecifiedTradeAllowanceCharge').filter(
			(charge) => text(charge, 'ChargeIndicator', 'Indicator') === 'true'
		);
		const amounts = [
			...charges.map(
				(charge) => [text(charge, 'ActualAmount'), text(charge, 'CategoryTradeTax', 'RateApplicablePercent')] as const
			),
			...list(this.settlement, 'SpecifiedLogisticsServiceCharge').map(
				(charge) => [text(charge, 'AppliedAmount'), text(charge, 'AppliedTradeTax', 'RateApplicablePercent')] as const
			)
		];
		return this.withVat(amounts);
	}

	protected adjusted(): { less: (string | null)[]; more: (string | null)[] } {
		const of = (isCharge: string): (string | null)[] =>
			list(this.settlement, 'SpecifiedTradeAllowanceCharge')
				.filter((one) => text(one, 'ChargeIndicator', 'Indicator') === isCharge)
				.map((one) => text(one, 'ActualAmount'));
		const freight = list(this.settlement, 'SpecifiedLogisticsServiceCharge').map((one) => text(one, 'AppliedAmount'));
		const [less, more] = [text(this.summation, 'AllowanceTotalAmount'), text(this.summation, 'ChargeTotalAmount')];
		return { less: less === null ? of('false') : [less], more: more === null ? [...of('true'), ...freight] : [more] };
	}
	/** BT-8 says 72 (paid to date) where VAT falls due on receipts. */
	private isVatOnReceipts(): boolean {
		const codes = list(this.settlement, 'ApplicableTradeTax').map((tax) => text(tax, 'DueDateTypeCode'));
		return codes.length > 0 && codes.every((code) => code === '72');
	}

	private amount(name: string, field: string): Minor | null {
		return this.amountIn(at(this.summation, name), field);
	}

	/** Two totals may stand side by side, one in the accounting currency: ours is the one in the invoice's. */
	private vatTotal(currency: string): Minor {
		const totals = list(this.summation, 'TaxTotalAmount');
		const chosen = totals.find((total) => total['@currencyID'] === currency) ?? totals[0];
		return (chosen && this.amountIn(chosen, 'BT-110')) ?? ZERO;
	}

	private vatLines(): VatLine[] {
		return list(this.settlement, 'ApplicableTradeTax').flatMap((tax) =>
			this.vatLine({
				base: at(tax, 'BasisAmount'),
				vat: at(tax, 'CalculatedAmount'),
				rate: text(tax, 'RateApplicablePercent') ?? text(tax, 'ApplicablePercent'),
				category: text(tax, 'CategoryCode'),
				exemptionReason: text(tax, 'ExemptionReason') ?? text(tax, 'ExemptionReasonCode')
			})
		);
	}

	protected lines(): [InvoiceLine[], string | null] {
		const lines = list(this.transaction, 'IncludedSupplyChainTradeLineItem').map((item, i) => {
			const about = at(item, 'AssociatedDocumentLineDocument') ?? {};
			const settlement =
				at(item, 'SpecifiedLineTradeSettlement') ?? at(item, 'SpecifiedSupplyChainTradeSettlement') ?? {};
			const agreement = at(item, 'SpecifiedLineTradeAgreement') ?? at(item, 'SpecifiedSupplyChainTradeAgreement') ?? {};
			const price = at(agreement, 'NetPriceProductTradePrice') ?? {};
			const delivery = at(item, 'SpecifiedLineTradeDelivery') ?? at(item, 'SpecifiedSupplyChainTradeDelivery') ?? {};
			return {
				id: text(about, 'LineID') ?? String(i + 1),
				net:
					text(settlement, 'SpecifiedTradeSettlementLineMonetarySummation', 'LineTotalAmount') ??
					text(settlement, 'SpecifiedTradeSettlementMonetarySummation', 'LineTotalAmount'),
				quantity: text(delivery, 'BilledQuantity'),
				price: text(price, 'ChargeAmount'),
				priceQuantity: text(price, 'BasisQuantity'),
				adjustments: list(settlement, 'SpecifiedTradeAllowanceCharge').map(
					(one) =>
						`${text(one, 'ChargeIndicator', 'Indicator') === 'true' ? '' : '-'}${text(one, 'ActualAmount') ?? '0'}`
				),
				isSummed: !/^(GROUP|INFORMATION)$/.test(text(about, 'LineStatusReasonCode') ?? '')
			};
		});
		return [lines, text(this.summation, 'LineTotalAmount')];
	}

	private party(name: string): Party {
		const party = at(this.agreement, name) ?? {};
		const registrations = list(party, 'SpecifiedTaxRegistration')
			.map((registration) => text(registration, 'ID'))
			.filter((id): id is string => id !== null);
		const legal = at(at(party, 'SpecifiedLegalOrganization') ?? {}, 'ID');
		return this.partyOf(
			{
				name: text(party, 'Name') ?? '',
				legalId: legal && text(legal),
				legalScheme: legal?.['@schemeID'],
				vatNumber: registrations.find((id) => /^[A-Z]{2}/.test(id)) ?? null,
				email:
					text(party, 'DefinedTradeContact', 'EmailURIUniversalCommunication', 'URIID') ??
					text(list(party, 'URIUniversalCommunication').find((uri) => text(uri, 'URIID')?.includes('@')) ?? {}, 'URIID')
			},
			name === 'SellerTradeParty' ? 'BT-30' : 'BT-47'
		);
	}

	protected hasTaxNumber(): boolean {
		return ['SellerTradeParty', 'SellerTaxRepresentativeTradeParty'].some((name) =>
			list(at(this.agreement, name) ?? {}, 'SpecifiedTaxRegistration').some((one) => text(one, 'ID') !== null)
		);
	}
	private terms(issuedOn: CivilDate): ReadTerms {
		const blocks = list(this.settlement, 'SpecifiedTradePaymentTerms').map((term): WrittenTerm => {
			const discount = at(term, 'ApplicableTradePaymentDiscountTerms');
			return {
				dueOn: this.date(at(term, 'DueDateDateTime'), 'BT-9'),
				part: text(term, 'PartialPaymentAmount'),
				discount: discount && {
					percent: text(discount, 'CalculationPercent'),
					base: text(discount, 'BasisAmount'),
					amount: text(discount, 'ActualDiscountAmount'),
					until: null,
					from: this.date(at(discount, 'BasisDateTime'), 'BT-20'),
					count: text(discount, 'BasisPeriodMeasure'),
					unit: attribute(at(discount, 'BasisPeriodMeasure'), 'unitCode')
				}
			};
		});
		const read = readTerms(blocks, this.termsText(), issuedOn, this.decimals);
		this.findings.push(...read.findings);
		return read;
	}
	private termsText(): string | null {
		const texts = list(this.settlement, 'SpecifiedTradePaymentTerms').map((term) => text(term, 'Description'));
		return texts.filter(Boolean).join('\n') || null;
	}
	private notes(): TermsNote[] {
		const notes = list(this.header, 'IncludedNote');
		return notes.flatMap((note) => noteOf(text(note, 'SubjectCode'), text(note, 'Content')));
	}
	private mandate(means: Node[]): Mandate | null {
		const terms = list(this.settlement, 'SpecifiedTradePaymentTerms');
		return mandateOf({
			reference: terms.map((term) => text(term, 'DirectDebitMandateID')).find(Boolean) ?? null,
			creditorId: text(this.settlement, 'CreditorReferenceID'),
			debtorIban: means.map((mean) => text(mean, 'PayerPartyDebtorFinancialAccount', 'IBANID')).find(Boolean) ?? null
		});
	}

	private date(node: Node | null, field: string): CivilDate | null {
		const written = node ? (text(node, 'DateTimeString') ?? text(node, 'DateTime') ?? text(node)) : null;
		return this.day(written, field, 'compact');
	}
}
