// Which column of a list is what, by its header: French and English names, as tools write them.

/** Accepted headers, without accents, case or punctuation. The first is the one the screen documents. */
const COLUMNS = {
	number: [
		'numero',
		'numerodefacture',
		'numerofacture',
		'nofacture',
		'nfacture',
		'facture',
		'invoicenumber',
		'invoiceno',
		'invoice',
		'number',
		'piece',
		'numerodepiece',
		'reference'
	],
	type: ['type', 'typedefacture', 'typededocument', 'documenttype'],
	status: ['statut', 'etat', 'invoicestatus', 'status'],
	issuedOn: [
		'date',
		'datefacture',
		'datedefacture',
		'datedelafacture',
		'dateemission',
		'datedemission',
		'invoicedate',
		'issuedate',
		'dateissued'
	],
	dueOn: ['echeance', 'dateecheance', 'datedecheance', 'duedate', 'due', 'datelimitedepaiement'],
	client: [
		'client',
		'nomclient',
		'nomduclient',
		'raisonsociale',
		'customer',
		'customername',
		'contactname',
		'clientname',
		'companyname'
	],
	email: ['email', 'mail', 'courriel', 'adresseemail', 'emailclient', 'emailaddress', 'customeremail', 'clientemail'],
	siren: ['siren', 'siret', 'sirenclient', 'siretclient'],
	vatNumber: ['tvaintracommunautaire', 'numerotva', 'tvaintra', 'vatnumber', 'numerodetva', 'taxnumber'],
	net: ['montantht', 'totalht', 'ht', 'net', 'subtotal', 'montanthorstaxes'],
	vat: ['montanttva', 'tva', 'totaltva', 'tax', 'vat', 'taxamount', 'taxtotal'],
	gross: ['montantttc', 'totalttc', 'ttc', 'montant', 'total', 'amount', 'invoicetotal', 'totalamount'],
	paid: ['montantpaye', 'paye', 'regle', 'montantregle', 'acompteverse', 'paid', 'amountpaid'],
	due: ['resteapayer', 'restedu', 'solde', 'netapayer', 'balance', 'amountdue', 'balancedue'],
	vatRate: ['tauxtva', 'taux', 'vatrate', 'tauxdetva', 'taxrate'],
	currency: ['devise', 'currency', 'currencycode', 'codedevise', 'ccy'],
	item: [
		'designation',
		'description',
		'libelle',
		'article',
		'produit',
		'itemname',
		'itemdesc',
		'quantite',
		'quantity',
		'itemdescription'
	],
	lineNet: ['totalligneht', 'montantligneht', 'linesubtotal'],
	lineVat: ['tvaligne', 'montanttvaligne', 'tax1amount'],
	lineGross: ['totalligne', 'totallignettc', 'montantlignettc', 'linetotal', 'itemtotal']
} as const;
export type Column = keyof typeof COLUMNS;
export type Row = Partial<Record<Column, string>> & { line: number };
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
	item: 'Désignation de la ligne',
	lineNet: 'HT de la ligne',
	lineVat: 'TVA de la ligne',
	lineGross: 'TTC de la ligne'
};
export const columnName = (column: Column): string => LABELS[column];

const plain = (header: string): string =>
	header
		.replace('#', 'number')
		.normalize('NFD')
		.toLowerCase()
		.replace(/[^a-z0-9]/g, '');

/** What each column is, `null` where nobody knows. Of two columns that say the same, the first counts. `chosen` are a person's own answers. */
export function columnsOf(headers: string[], chosen: Record<string, string> = {}): (Column | null)[] {
	const taken = new Set<Column>();
	const own = headers.map((header) =>
		Object.hasOwn(chosen, header) && isColumn(chosen[header]!) ? chosen[header] : null
	);
	for (const column of own) if (column) taken.add(column);
	return headers.map((header, i) => {
		if (Object.hasOwn(chosen, header)) return own[i] ?? null;
		const found = (Object.keys(COLUMNS) as Column[]).find(
			(column) => !taken.has(column) && (COLUMNS[column] as readonly string[]).includes(plain(header))
		);
		if (found) taken.add(found);
		return found ?? null;
	});
}

/** French words in the header: then day comes before month. */
export const isFrench = (headers: string[]): boolean =>
	headers.some((header) =>
		/^(numero|nofacture|nfacture|echeance|dateecheance|montant|totalht|totalttc|resteapayer|devise|libelle|raisonsociale|tva)/.test(
			plain(header)
		)
	);
