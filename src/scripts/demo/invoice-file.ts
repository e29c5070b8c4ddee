// Makes a real Factur-X invoice (EN 16931 profile): a PDF a person can read with the XML a program reads. For the demo and the tests.
import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';

/** A SIREN that passes its check, from a number of eight digits. */
export function sirenOf(n: number): string {
	const eight = String(10_000_000 + (n % 89_999_999));
	const sum = [...eight].reduce(
		(total, digit, i) =>
			total + (i % 2 === 1 ? (Number(digit) * 2 > 9 ? Number(digit) * 2 - 9 : Number(digit) * 2) : Number(digit)),
		0
	);
	return eight + String((10 - (sum % 10)) % 10);
}

export type InvoiceSpec = {
	number: string;
	typeCode?: string;
	issuedOn: string;
	dueOn: string | null;
	deliveredOn?: string;
	currency?: string;
	businessProcess?: string;
	seller: {
		name: string;
		siren: string;
		vatNumber: string;
		address: { lines: string[]; postalCode: string; town: string; country: string };
		iban: string;
	};
	buyer: { name: string; siren: string | null; email: string | null };
	lines: { label: string; netMinor: number; rateBps: number }[];
	prepaidMinor?: number;
};
const decimal = (minor: number): string =>
	`${minor < 0 ? '-' : ''}${Math.trunc(Math.abs(minor) / 100)}.${String(Math.abs(minor) % 100).padStart(2, '0')}`;
const escape = (text: string): string => text.replace(/[<>&"]/g, (c) => `&#${c.charCodeAt(0)};`);
const compact = (day: string): string => day.replaceAll('-', '');

export function totalsOf(spec: InvoiceSpec) {
	const rates = [...new Set(spec.lines.map((line) => line.rateBps))].map((rateBps) => {
		const base = spec.lines.filter((line) => line.rateBps === rateBps).reduce((sum, line) => sum + line.netMinor, 0);
		return { rateBps, base, vat: Math.round((base * rateBps) / 10_000) };
	});
	const net = rates.reduce((sum, rate) => sum + rate.base, 0);
	const vat = rates.reduce((sum, rate) => sum + rate.vat, 0);
	return { rates, net, vat, gross: net + vat, due: net + vat - (spec.prepaidMinor ?? 0) };
}

export function ciiOf(spec: InvoiceSpec): string {
	const t = totalsOf(spec);
	const currency = spec.currency ?? 'EUR';
	const date = (name: string, day: string) =>
		`<ram:${name}><udt:DateTimeString format="102">${compact(day)}</udt:DateTimeString></ram:${name}>`;
	return `<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100" xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100" xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
<rsm:ExchangedDocumentContext>${spec.businessProcess ? `<ram:BusinessProcessSpecifiedDocumentContextParameter><ram:ID>${spec.businessProcess}</ram:ID></ram:BusinessProcessSpecifiedDocumentContextParameter>` : ''}<ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>urn:cen.eu:en16931:2017</ram:ID></ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>
<rsm:ExchangedDocument><ram:ID>${escape(spec.number)}</ram:ID><ram:TypeCode>${spec.typeCode ?? '380'}</ram:TypeCode>${date('IssueDateTime', spec.issuedOn)}<ram:IncludedNote><ram:Content>Indemnité forfaitaire pour frais de recouvrement : 40 euros.</ram:Content><ram:SubjectCode>PMT</ram:SubjectCode></ram:IncludedNote></rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction>${spec.lines.map((line, i) => `<ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument><ram:LineID>${i + 1}</ram:LineID></ram:AssociatedDocumentLineDocument><ram:SpecifiedTradeProduct><ram:Name>${escape(line.label)}</ram:Name></ram:SpecifiedTradeProduct><ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice><ram:ChargeAmount>${decimal(line.netMinor)}</ram:ChargeAmount></ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement><ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode="C62">1</ram:BilledQuantity></ram:SpecifiedLineTradeDelivery><ram:SpecifiedLineTradeSettlement><ram:ApplicableTradeTax><ram:TypeCode>VAT</ram:TypeCode><ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>${decimal(line.rateBps)}</ram:RateApplicablePercent></ram:ApplicableTradeTax><ram:SpecifiedTradeSettlementLineMonetarySummation><ram:LineTotalAmount>${decimal(line.netMinor)}</ram:LineTotalAmount></ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement></ram:IncludedSupplyChainTradeLineItem>`).join('')}
<ram:ApplicableHeaderTradeAgreement><ram:SellerTradeParty><ram:Name>${escape(spec.seller.name)}</ram:Name><ram:SpecifiedLegalOrganization><ram:ID schemeID="0002">${spec.seller.siren}</ram:ID></ram:SpecifiedLegalOrganization><ram:PostalTradeAddress><ram:PostcodeCode>${spec.seller.address.postalCode}</ram:PostcodeCode><ram:LineOne>${escape(spec.seller.address.lines[0] ?? '')}</ram:LineOne><ram:CityName>${escape(spec.seller.address.town)}</ram:CityName><ram:CountryID>${spec.seller.address.country}</ram:CountryID></ram:PostalTradeAddress><ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">${spec.seller.vatNumber}</ram:ID></ram:SpecifiedTaxRegistration></ram:SellerTradeParty>
<ram:BuyerTradeParty><ram:Name>${escape(spec.buyer.name)}</ram:Name>${spec.buyer.siren ? `<ram:SpecifiedLegalOrganization><ram:ID schemeID="0002">${spec.buyer.siren}</ram:ID></ram:SpecifiedLegalOrganization>` : ''}${spec.buyer.email ? `<ram:URIUniversalCommunication><ram:URIID schemeID="EM">${escape(spec.buyer.email)}</ram:URIID></ram:URIUniversalCommunication>` : ''}</ram:BuyerTradeParty></ram:ApplicableHeaderTradeAgreement><ram:ApplicableHeaderTradeDelivery><ram:ActualDeliverySupplyChainEvent>${date('OccurrenceDateTime', spec.deliveredOn ?? spec.issuedOn)}</ram:ActualDeliverySupplyChainEvent></ram:ApplicableHeaderTradeDelivery>
<ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>${currency}</ram:InvoiceCurrencyCode><ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>30</ram:TypeCode><ram:PayeePartyCreditorFinancialAccount><ram:IBANID>${spec.seller.iban}</ram:IBANID></ram:PayeePartyCreditorFinancialAccount></ram:SpecifiedTradeSettlementPaymentMeans>${t.rates.map((rate) => `<ram:ApplicableTradeTax><ram:CalculatedAmount>${decimal(rate.vat)}</ram:CalculatedAmount><ram:TypeCode>VAT</ram:TypeCode><ram:BasisAmount>${decimal(rate.base)}</ram:BasisAmount><ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>${decimal(rate.rateBps)}</ram:RateApplicablePercent></ram:ApplicableTradeTax>`).join('')}
<ram:SpecifiedTradePaymentTerms><ram:Description>Paiement à 30 jours. Pénalités de retard : taux BCE + 10 points. Escompte pour paiement anticipé : selon l’offre en vigueur.</ram:Description>${spec.dueOn ? date('DueDateDateTime', spec.dueOn) : ''}</ram:SpecifiedTradePaymentTerms>
<ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:LineTotalAmount>${decimal(t.net)}</ram:LineTotalAmount><ram:TaxBasisTotalAmount>${decimal(t.net)}</ram:TaxBasisTotalAmount><ram:TaxTotalAmount currencyID="${currency}">${decimal(t.vat)}</ram:TaxTotalAmount><ram:GrandTotalAmount>${decimal(t.gross)}</ram:GrandTotalAmount>${spec.prepaidMinor ? `<ram:TotalPrepaidAmount>${decimal(spec.prepaidMinor)}</ram:TotalPrepaidAmount>` : ''}<ram:DuePayableAmount>${decimal(t.due)}</ram:DuePayableAmount></ram:SpecifiedTradeSettlementHeaderMonetarySummation></ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>`;
}

const euros = (minor: number, currency: string): string =>
	new Intl.NumberFormat('fr-FR', { style: 'currency', currency }).format(minor / 100).replaceAll('\u202f', '\u00a0');
const day = (text: string): string => text.split('-').reverse().join('/');

const font = (weight: 400 | 700): string =>
	createRequire(import.meta.url).resolve(`@fontsource/noto-sans/files/noto-sans-latin-${weight}-normal.woff`);
/** Factur-X 1.0.07, part 6.2: which file is the invoice, and which profile it has. */
const FACTUR_X_XMP = `<rdf:Description xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#" rdf:about=""><fx:DocumentType>INVOICE</fx:DocumentType><fx:DocumentFileName>factur-x.xml</fx:DocumentFileName><fx:Version>1.0</fx:Version><fx:ConformanceLevel>EN 16931</fx:ConformanceLevel></rdf:Description>
<rdf:Description xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#" rdf:about=""><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource"><pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema><pdfaSchema:namespaceURI>urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#</pdfaSchema:namespaceURI><pdfaSchema:prefix>fx</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>${['DocumentFileName', 'DocumentType', 'Version', 'ConformanceLevel'].map((name) => `<rdf:li rdf:parseType="Resource"><pdfaProperty:name>${name}</pdfaProperty:name><pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category><pdfaProperty:description>${name}</pdfaProperty:description></rdf:li>`).join('')}</rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>`;

/** The hybrid invoice, as bytes. */
export function facturXOf(spec: InvoiceSpec): Promise<Uint8Array> {
	const currency = spec.currency ?? 'EUR';
	const t = totalsOf(spec);
	const doc = new PDFDocument({
		size: 'A4',
		margin: 56,
		pdfVersion: '1.7',
		// A PDF/A-3 with its own fonts and the Factur-X extension of XMP: what a client's own tools will check.
		subset: 'PDF/A-3b',
		font: font(400),
		lang: 'fr-FR',
		info: { Title: `Facture ${spec.number}`, Author: spec.seller.name }
	});
	const parts: Buffer[] = [];
	const finished = new Promise<Uint8Array>((done, failed) =>
		doc
			.on('data', (part: Buffer) => parts.push(part))
			.on('end', () => done(Buffer.concat(parts)))
			.on('error', failed)
	);
	doc.registerFont('bold', font(700)).registerFont('regular', font(400));
	doc.appendXML(FACTUR_X_XMP);
	doc.font('bold').fontSize(14).text(spec.seller.name);
	doc
		.font('regular')
		.fontSize(10)
		.text(
			[
				...spec.seller.address.lines,
				`${spec.seller.address.postalCode} ${spec.seller.address.town}`,
				`SIREN ${spec.seller.siren} · TVA ${spec.seller.vatNumber}`
			].join('\n')
		);
	doc
		.moveDown(2)
		.font('bold')
		.fontSize(20)
		.text(`${spec.typeCode === '381' ? 'Avoir' : 'Facture'} ${spec.number}`);
	doc
		.font('regular')
		.fontSize(11)
		.text(`Émise le ${day(spec.issuedOn)}${spec.dueOn ? ` · échéance le ${day(spec.dueOn)}` : ''}`)
		.moveDown();
	doc.font('bold').text(spec.buyer.name).font('regular');
	if (spec.buyer.siren) doc.text(`SIREN ${spec.buyer.siren}`);
	doc.moveDown();
	const row = (name: string, value: string, face: string) => {
		const y = doc.y;
		doc.font(face).text(name, 56, y, { width: 340 }).text(value, 396, y, { width: 143, align: 'right' });
		doc.x = 56;
		doc.moveDown(0.3);
	};
	for (const line of spec.lines) row(line.label, euros(line.netMinor, currency), 'regular');
	row('Total HT', euros(t.net, currency), 'regular');
	for (const rate of t.rates) row(`TVA ${rate.rateBps / 100} %`, euros(rate.vat, currency), 'regular');
	row('Total TTC', euros(t.gross, currency), 'bold');
	if (spec.prepaidMinor) row('Acompte versé', euros(-spec.prepaidMinor, currency), 'regular');
	row('Net à payer', euros(t.due, currency), 'bold');
	doc
		.moveDown()
		.font('regular')
		.fontSize(9)
		.text(
			`IBAN ${spec.seller.iban}. Pas d’escompte pour paiement anticipé. Pénalités de retard : taux de la BCE majoré de 10 points ; indemnité forfaitaire de recouvrement : 40 €.`
		);
	doc.file(Buffer.from(ciiOf(spec)), {
		name: 'factur-x.xml',
		type: 'text/xml',
		description: 'Factur-X',
		relationship: 'Data',
		creationDate: new Date(0),
		modifiedDate: new Date(0)
	} as never);
	doc.end();
	return finished;
}
