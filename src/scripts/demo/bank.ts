// The demo's bank: yesterday's statement, as a French bank would send it in CAMT.053, with what a supplier meets in one. It goes in by the front door.
import type { Scope } from '#lib/domain/access/scope.ts';
import { addDays, civilDateIn } from '#lib/domain/calendar/civil-date.ts';
import { payableToday } from '#lib/domain/invoices/state.ts';
import { minor, toDecimal, type Minor } from '#lib/domain/money/minor.ts';
import { nextInstalment } from '#lib/domain/plans/plan.ts';
import type { Services } from '#lib/server/services.ts';
import { listOpenInvoices, type InvoiceRecord } from '#lib/server/store/invoices.ts';
import { listPlansOfInvoices } from '#lib/server/store/plans.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { importStatements } from '#lib/server/use-cases/bank/import-statements.ts';

type BankTransaction = { amountMinor: Minor; payer: string; words: string; reference?: string };

export async function seedBank(services: Services, scope: Scope, iban: string): Promise<void> {
	const open = await inScope(services.db, scope, (tx) => listOpenInvoices(tx, scope, { limit: 500 }));
	const untouched = open.filter((invoice) => payableToday(invoice) === invoice.debtMinor);
	const [byReference, byNumber, partly, byName] = ofDifferentClients(untouched) as InvoiceRecord[];
	if (!byReference || !byNumber || !partly || !byName) return;
	const transactions: BankTransaction[] = [
		{
			amountMinor: payableToday(byReference),
			payer: byReference.clientName,
			words: 'VIREMENT RECU',
			reference: byReference.paymentReference
		},
		{
			amountMinor: payableToday(byNumber),
			payer: byNumber.clientName,
			words: `REGLEMENT FACTURE ${byNumber.number.replace('-', ' ')}`
		},
		{ amountMinor: minor(payableToday(partly) / 2n), payer: partly.clientName, words: `ACOMPTE ${partly.number}` },
		{ amountMinor: payableToday(byName), payer: byName.clientName, words: 'MERCI' },
		...(await instalmentByTransfer(services, scope, open)),
		{ amountMinor: minor(4_200n), payer: 'M. DUPUIS', words: 'VIR INST PARTICULIER' },
		{ amountMinor: minor(-1_250n), payer: '', words: 'COMMISSION DE TENUE DE COMPTE' }
	];
	const day = addDays(civilDateIn(services.clock.now(), 'Europe/Paris'), -1);
	const bytes = new TextEncoder().encode(camtOf(iban, day, transactions));
	const imported = await importStatements(services, scope, [{ name: `releve-${day}.xml`, bytes }], {
		acceptReview: false
	});
	if (!imported.ok || imported.value[0]?.outcome !== 'kept') throw new Error('seed: the statement was not kept');
}

/** A client whose plan runs pays its next instalment by transfer. */
async function instalmentByTransfer(
	services: Services,
	scope: Scope,
	open: InvoiceRecord[]
): Promise<BankTransaction[]> {
	const planned = open.find((invoice) => invoice.plannedMinor > 0n);
	if (!planned) return [];
	const [plan] = await inScope(services.db, scope, (tx) =>
		listPlansOfInvoices(tx, scope, [planned.invoiceId], { running: true })
	);
	const next = plan && nextInstalment(plan.instalments);
	return next
		? [{ amountMinor: next.amountMinor, payer: planned.clientName, words: `ECHEANCE ${planned.number}` }]
		: [];
}

function ofDifferentClients(invoices: InvoiceRecord[]): InvoiceRecord[] {
	const seen = new Set<string>();
	return invoices.filter(({ clientId }) => !seen.has(clientId) && seen.add(clientId));
}

const escape = (text: string): string =>
	text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
function camtOf(iban: string, day: string, transactions: BankTransaction[]): string {
	const entries = transactions.map(({ amountMinor, payer, words, reference }, i) => {
		const isCredit = amountMinor > 0n;
		const amount = toDecimal(isCredit ? amountMinor : minor(-amountMinor));
		const party = payer ? `<RltdPties><Dbtr><Pty><Nm>${escape(payer)}</Nm></Pty></Dbtr></RltdPties>` : '';
		const remittance = reference
			? `<Strd><CdtrRefInf><Ref>${reference}</Ref></CdtrRefInf></Strd>`
			: `<Ustrd>${escape(words)}</Ustrd>`;
		return `<Ntry><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>${isCredit ? 'CRDT' : 'DBIT'}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${day}</Dt></BookgDt><ValDt><Dt>${day}</Dt></ValDt><AcctSvcrRef>${day}-${i + 1}</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>${party}<RmtInf>${remittance}</RmtInf>${reference ? `<AddtlTxInf>${escape(words)}</AddtlTxInf>` : ''}</TxDtls></NtryDtls></Ntry>`;
	});
	return `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>DEMO-${day}</MsgId><CreDtTm>${day}T20:00:00</CreDtTm></GrpHdr><Stmt><Id>DEMO-${day}</Id><Acct><Id><IBAN>${iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>${entries.join('')}</Stmt></BkToCstmrStmt></Document>`;
}
