// Which column of a list is what, by its header: French, English and German names, as tools write them.
import { plainHeader as plain, words } from './rows.ts';

/** Accepted headers, without accents, case or punctuation, the best name first. */
const COLUMNS = {
	number: words`
		numerodefacture numerofacture nofacture nfacture invoicenumber invoiceno numerodepiece ndefacture nodefacture numfacture reffacture
		referencefacture facturen npiece nopiece codedocument numerodocument numerodudocument ndocument documentnumber documentno rechnungsnummer
		rechnungsnr belegnummer numero number facture invoice piece reference`,
	type: words`type typedefacture typededocument documenttype`,
	status: words`statut etat invoicestatus status etatfacture statutfacture`,
	issuedOn: words`
		datefacture datedefacture datedelafacture dateemission datedemission invoicedate issuedate dateissued datefacturation datedefacturation
		datedocument datedudocument datepiece datedepiece emisele factureele invoicebilldate documentdate rechnungsdatum belegdatum date
		datecreation datedecreation creeele created`,
	dueOn: words`
		echeance dateecheance datedecheance duedate datelimitedepaiement datedecheancedepaiement echeancedepaiement echeancele datelimitereglement
		datelimitedereglement invoiceduedate paymentdue paymentduedate falligkeitsdatum faelligkeitsdatum falligam due`,
	client: words`
		client nomclient nomduclient raisonsociale customername clientname customer contactname companyname societe nomsociete nomdelasociete
		entreprise tiers nomtiers nomdutiers destinataire denomination denominationsociale clientnom company billto partner partnername
		invoicepartnerdisplayname customerfullname kunde kundenname`,
	email: words`
		email mail courriel adresseemail emailclient emailaddress customeremail clientemail mailclient emailduclient emaildefacturation
		emailducontact contactemail billingemail kundenemail`,
	siren: words`siren siret sirenclient siretclient nsiren nsiret numerosiren numerosiret sirenduclient siretduclient siretsiren registrationnumber`,
	vatNumber: words`
		tvaintracommunautaire numerotva tvaintra vatnumber numerodetva taxnumber ntva notva ntvaintracommunautaire numerodetvaintracommunautaire
		numerotvaintracommunautaire tvaintracom customervatnumber clientvatnumber ustidnr ustid`,
	net: words`
		montantht totalht ht net subtotal montanthorstaxes totalhorstaxes totalhorstaxe montanthorstaxe montantnet baseht netamount totalnet
		untaxedamount amountuntaxed untaxedamountsigned totalexcltax nettobetrag netto`,
	vat: words`
		montanttva tva totaltva tax vat taxamount taxtotal montantdetva montantdelatva tvamontant montanttaxes taxes vatamount totaltax totalvat
		taxsigned mwst mehrwertsteuer ust`,
	gross: words`
		montantttc totalttc ttc total invoicetotal totalamount montant amount montanttotalttc totalfacture montantfacture montantdelafacture
		montanttotal grossamount invoiceamount totalincltax totalsigned totalincurrencysigned bruttobetrag brutto`,
	paid: words`
		montantpaye amountpaid montantregle invoiceamountpaid paye regle acompteverse paid paidamount totalpaid dejapaye dejaregle montantdejapaye
		montantdejaregle totalpaye totalregle encaisse montantencaisse acomptesverses`,
	due: words`
		resteapayer restedu amountremaining solde netapayer balance amountdue balancedue invoiceamountdue montantdu montantrestantdu montantrestant
		restantdu restearegler resteapayerttc soldedu soldeapayer netdu montantouvert openbalance openamount outstanding outstandingamount
		amountresidual amountduesigned offenerbetrag`,
	vatRate: words`tauxtva taux vatrate tauxdetva taxrate`,
	currency: words`devise currency currencycode codedevise ccy monnaie invoicecurrency devisefacture wahrung waehrung`,
	payeeAccount: words`
		ibanbeneficiaire ibandubeneficiaire ibanfournisseur ibandufournisseur ibancreancier ibandepaiement ibanvendeur payeeiban paymentiban
		beneficiaryiban supplieriban selleriban compteapayer comptebeneficiaire ribfournisseur bankaccount iban rib`,
	item: words`designation description libelle article produit itemname itemdesc quantite quantity itemdescription`,
	lineNet: words`totalligneht montantligneht linesubtotal`,
	lineVat: words`tvaligne montanttvaligne tax1amount`,
	lineGross: words`totalligne totallignettc montantlignettc linetotal itemtotal`
};
export type Column = keyof typeof COLUMNS;
/** `cut`: it ends before the last named column. */
export type Row = Partial<Record<Column, string>> & { line: number; cut?: boolean };
const isColumn = (name: string): name is Column => Object.hasOwn(COLUMNS, name);
/** As the screen names it. */
const LABELS: Record<Column, string> = {
	number: 'Numéro de facture',
	type: 'Type (facture, avoir)',
	status: 'Statut',
	issuedOn: 'Date de facture',
	dueOn: 'Échéance',
	client: 'Client',
	email: 'E-mail du client',
	siren: 'SIREN ou SIRET',
	vatNumber: 'N° de TVA',
	net: 'Total HT',
	vat: 'Total TVA',
	gross: 'Total TTC',
	paid: 'Déjà payé',
	due: 'Reste à payer',
	vatRate: 'Taux de TVA',
	currency: 'Devise',
	payeeAccount: 'IBAN du bénéficiaire',
	item: 'Désignation de la ligne',
	lineNet: 'HT de la ligne',
	lineVat: 'TVA de la ligne',
	lineGross: 'TTC de la ligne'
};
export const columnName = (column: Column): string => LABELS[column];

/**
 * What each column is, `null` where nobody knows. Of two columns that say the same, the one whose name says it best counts (the names above are in that
 * order), then the first. `chosen` are a person's own answers.
 */
export function columnsOf(headers: string[], chosen: Record<string, string> = {}): (Column | null)[] {
	const answers = headers.map((header) => (Object.hasOwn(chosen, header) ? (chosen[header] ?? null) : null));
	const all = answers.map((answer) => (answer !== null && isColumn(answer) ? answer : null));
	const names = headers.map((header, i) => (answers[i] === null ? plain(header) : ''));
	for (const column of Object.keys(COLUMNS) as Column[]) {
		if (all.includes(column)) continue;
		const best = COLUMNS[column].find((name) => names.includes(name));
		if (best) all[names.indexOf(best)] = column;
	}
	return all;
}

/** French words in the header: then day comes before month. */
export const isFrench = (headers: string[]): boolean =>
	headers.some((header) =>
		/^(numero|no?(de)?facture|ref(erence)?facture|echeance|date(d?e?emission|facturation|facture|echeance|document|piece)|montant|totalht|totalttc|reste|devise|libelle|raisonsociale|societe|tiers|tva)/.test(
			plain(header)
		)
	);
