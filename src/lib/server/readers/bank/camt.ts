// ISO 20022 account reports: camt.052 (intraday), 053 (statement), 054 (notification), versions 02 to 08 and later, and pain.002 (status of
// collections: what was rejected counts as taken back). Namespaces tell the message; elements are read by local name.
import type { CivilDate } from '../../../domain/calendar/civil-date.ts';
import {
	meaningful,
	type BankStatement,
	type StatementLine,
	type StatementReading
} from '../../../domain/bank/statement.ts';
import { block, confirm, farFrom, warn, type Finding } from '../../../domain/invoices/findings.ts';
import { decimalsOf } from '../../../domain/money/currency.ts';
import { minor, ZERO, type Minor } from '../../../domain/money/minor.ts';
import { ANY_DAY, decimalOf, isoDay, type When } from '../norm-values.ts';
import { at, list, parseXml, text, type Node } from '../xml.ts';

const ARRAYS = new Set([
	'Stmt',
	'Rpt',
	'Ntfctn',
	'Ntry',
	'NtryDtls',
	'TxDtls',
	'Bal',
	'Ustrd',
	'Strd',
	'OrgnlPmtInfAndSts',
	'TxInfAndSts'
]);
const MESSAGE = /xmlns(?::\w+)?="[^"]*?([a-z]+\.\d{3}\.\d{3}\.\d{2})"/;

export function readCamt(bytes: Uint8Array, when: When = ANY_DAY): StatementReading {
	const read = parseXml(bytes, ARRAYS);
	if ('finding' in read) return { ok: false, findings: [read.finding] };
	const message = MESSAGE.exec(read.xml)?.[1] ?? '';
	const document = at(read.tree, 'Document') ?? {};
	if (/^pain\.002\.001\.\d\d$/.test(message)) return readStatus(document, message, when.timeZone);
	if (!/^camt\.05[234]\.001\.\d\d$/.test(message))
		return refused(block('UNKNOWN_MESSAGE', 'xmlns', message, 'camt.052, camt.053, camt.054, pain.002'));
	const body =
		at(document, 'BkToCstmrStmt') ?? at(document, 'BkToCstmrAcctRpt') ?? at(document, 'BkToCstmrDbtCdtNtfctn') ?? {};
	const parts = [...list(body, 'Stmt'), ...list(body, 'Rpt'), ...list(body, 'Ntfctn')];
	if (!parts.length) return refused(block('NO_STATEMENT', message, '', 'Stmt, Rpt, Ntfctn'));
	const findings: Finding[] = [];
	return {
		ok: true,
		format: message,
		statements: parts.map((part) => statementOf(part, when, findings)),
		findings
	};
}
const refused = (finding: Finding): StatementReading => ({ ok: false, findings: [finding] });

function statementOf(part: Node, when: When, findings: Finding[]): BankStatement {
	const account = at(at(part, 'Acct') ?? {}, 'Id') ?? {};
	const reference = text(part, 'Id') ?? '';
	const balances = list(part, 'Bal');
	const balance = (...codes: string[]): Minor | null => {
		const found = codes
			.map((code) => balances.find((one) => text(one, 'Tp', 'CdOrPrtry', 'Cd') === code))
			.find((one) => one !== undefined);
		return found ? signed(found) : null;
	};
	const currencyOf = (node: Node | undefined): string | null =>
		node ? ((at(node, 'Amt')?.['@Ccy'] as string | undefined) ?? null) : null;
	const entries = list(part, 'Ntry');
	return {
		account: text(account, 'IBAN') ?? text(account, 'Othr', 'Id') ?? '',
		reference,
		currency: text(part, 'Acct', 'Ccy') ?? currencyOf(balances[0]) ?? currencyOf(entries[0]) ?? 'EUR',
		openingMinor: balance('OPBD', 'PRCD'),
		closingMinor: balance('CLBD'),
		lines: entries.flatMap((entry, i) => linesOf(entry, when, `${reference}, entrée ${i + 1}`, findings))
	};
}

const amountOf = (node: Node | null): { amount: Minor | null; currency: string; written: string } => {
	const written = (node && text(node)) ?? '';
	const currency = (node?.['@Ccy'] as string | undefined) ?? '';
	const amount = decimalOf(written, '.', decimalsOf(currency));
	// The standard has no negative amount: which way it went is said beside it.
	return { amount: amount !== null && amount >= 0n ? amount : null, currency, written };
};
/** Which way, as the standard has it; null where that is left out. */
const SIGNS: Record<string, bigint> = { CRDT: 1n, DBIT: -1n };
const signOf = (node: Node): bigint | null => SIGNS[text(node, 'CdtDbtInd') ?? ''] ?? null;
const signed = (node: Node): Minor | null => {
	const [{ amount }, sign] = [amountOf(at(node, 'Amt')), signOf(node)];
	return amount === null || sign === null ? null : minor(sign * amount);
};
/** ISO 20022 lets a bank name a day, or an instant: that is the day it falls on where the supplier is. */
const dayOf = (node: Node, name: string, timeZone: string): CivilDate | null =>
	isoDay(text(node, name, 'Dt') ?? text(node, name, 'DtTm') ?? '', timeZone);

/** One movement per transaction of the entry, or the entry itself when it names none. What is pending is not there yet. */
function linesOf(entry: Node, { timeZone, today }: When, where: string, findings: Finding[]): StatementLine[] {
	const skip = (field: string, found: string, expected: string): [] => {
		findings.push(confirm('ENTRY_SKIPPED', `${where}, ${field}`, found.slice(0, 80), expected));
		return [];
	};
	const status = text(entry, 'Sts', 'Cd') ?? text(entry, 'Sts', 'Prtry') ?? text(entry, 'Sts') ?? 'BOOK';
	const whole = amountOf(at(entry, 'Amt'));
	const told = `${status} ${whole.written} ${whole.currency}`;
	if (status === 'PDNG' || status === 'FUTR' || status === 'INFO') {
		findings.push(warn('ENTRY_PENDING', `${where}, Sts`, told, 'BOOK'));
		return [];
	}
	if (status !== 'BOOK') return skip('Sts', told, 'BOOK');
	const bookedOn = dayOf(entry, 'BookgDt', timeZone) ?? dayOf(entry, 'ValDt', timeZone);
	if (!bookedOn) return skip('BookgDt', text(entry, 'BookgDt') ?? '', 'AAAA-MM-JJ');
	const limit = farFrom(bookedOn, today);
	if (limit) {
		findings.push(confirm('DATE_FAR', `${where}, BookgDt`, bookedOn, limit));
		return [];
	}
	if (!/^[A-Z]{3}$/.test(whole.currency)) return skip('Amt/@Ccy', `${whole.written} ${whole.currency}`, 'EUR');
	if (whole.amount === null) return skip('Amt', whole.written, '1234.56');
	const sign = signOf(entry);
	if (sign === null) return skip('CdtDbtInd', text(entry, 'CdtDbtInd') ?? '', 'CRDT, DBIT');
	const details = list(entry, 'NtryDtls').flatMap((one) => list(one, 'TxDtls'));
	// A batch may be told apart only when its parts are the whole, in its own currency; otherwise it stays one movement.
	const split = details.flatMap((node) => {
		const { amount, currency } = amountOf(at(node, 'Amt') ?? at(at(at(node, 'AmtDtls') ?? {}, 'TxAmt') ?? {}, 'Amt'));
		// A part may go the other way than the whole.
		const own = signOf(node) ?? sign;
		return amount !== null && currency === whole.currency ? [{ nodes: [node], amount: minor(own * amount) }] : [];
	});
	const isSplit =
		details.length > 1 &&
		split.length === details.length &&
		split.reduce((sum, { amount }) => sum + amount, 0n) === sign * whole.amount;
	const parts = isSplit ? split : [{ nodes: details, amount: minor(sign * whole.amount) }];
	return parts.map(({ nodes, amount }) => ({
		bookedOn,
		valueOn: dayOf(entry, 'ValDt', timeZone),
		amountMinor: amount,
		currency: whole.currency,
		...detailsOf(entry, nodes, amount < 0n ? -1n : 1n, isSplit)
	}));
}

type Details = Omit<StatementLine, 'bookedOn' | 'valueOn' | 'amountMinor' | 'currency'>;
function detailsOf(entry: Node, nodes: Node[], sign: bigint, isSplit: boolean): Details {
	const first = nodes[0] ?? {};
	const returnReason = text(first, 'RtrInf', 'Rsn', 'Cd') ?? text(first, 'RtrInf', 'Rsn', 'Prtry');
	const family = text(entry, 'BkTxCd', 'Domn', 'Fmly', 'SubFmlyCd') ?? '';
	const operation = text(entry, 'BkTxCd', 'Prtry', 'Cd') ?? '';
	const isReturn =
		returnReason !== null ||
		/^(true|1)$/.test(text(entry, 'RvslInd') ?? '') ||
		/^(UPDD|RPBC|PRDD|RRTN|UPCT|RCDD)$/.test(family) ||
		/^B[34]\b/.test(operation);
	// Of what comes back, the other side is the one who had paid.
	const [party, account] = sign > 0n || isReturn ? ['Dbtr', 'DbtrAcct'] : ['Cdtr', 'CdtrAcct'];
	const words = nodes.flatMap((node) => [
		...list(at(node, 'RmtInf') ?? {}, 'Ustrd').map((line) => text(line)),
		text(node, 'AddtlTxInf')
	]);
	return {
		text: [...words, nodes.length ? null : text(entry, 'AddtlNtryInf')].filter(Boolean).join(' ').replace(/\s+/g, ' '),
		endToEndId: meaningful(text(first, 'Refs', 'EndToEndId')),
		creditorReference: meaningful(text(list(at(first, 'RmtInf') ?? {}, 'Strd')[0] ?? {}, 'CdtrRefInf', 'Ref')),
		bankReference:
			meaningful(text(first, 'Refs', 'AcctSvcrRef')) ??
			(isSplit
				? meaningful(text(first, 'Refs', 'TxId'))
				: meaningful(text(entry, 'AcctSvcrRef') ?? text(entry, 'NtryRef'))),
		counterparty: text(first, 'RltdPties', party, 'Nm') ?? text(first, 'RltdPties', party, 'Pty', 'Nm'),
		counterpartyIban: text(first, 'RltdPties', account, 'Id', 'IBAN'),
		returnReason,
		isReturn
	};
}

/** pain.002: each collection that was rejected, as money that will not come. A level may leave its reason to the one above. */
function readStatus(document: Node, message: string, timeZone: string): StatementReading {
	const report = at(document, 'CstmrPmtStsRpt') ?? {};
	const group = at(report, 'OrgnlGrpInfAndSts') ?? {};
	const created = isoDay(text(report, 'GrpHdr', 'CreDtTm') ?? '', timeZone);
	const reference = text(report, 'GrpHdr', 'MsgId') ?? '';
	if (!created || !reference) return refused(block('NO_STATEMENT', message, reference, 'GrpHdr/MsgId, CreDtTm'));
	const reasonOf = (node: Node): string | null =>
		text(node, 'StsRsnInf', 'Rsn', 'Cd') ?? text(node, 'StsRsnInf', 'Rsn', 'Prtry');
	const lines = list(report, 'OrgnlPmtInfAndSts').flatMap((batch) =>
		list(batch, 'TxInfAndSts').flatMap((transaction): StatementLine[] => {
			const status = text(transaction, 'TxSts') ?? text(batch, 'PmtInfSts') ?? text(group, 'GrpSts');
			if (status !== 'RJCT') return [];
			const original = at(transaction, 'OrgnlTxRef') ?? {};
			const { amount, currency } = amountOf(at(at(original, 'Amt') ?? {}, 'InstdAmt'));
			return [
				{
					bookedOn: created,
					valueOn: null,
					amountMinor: minor(-(amount ?? ZERO)),
					currency: currency || 'EUR',
					text: text(transaction, 'StsRsnInf', 'AddtlInf') ?? '',
					endToEndId: meaningful(text(transaction, 'OrgnlEndToEndId')),
					creditorReference: null,
					bankReference: meaningful(
						text(transaction, 'StsId') ?? text(transaction, 'OrgnlInstrId') ?? text(transaction, 'OrgnlInstrdId')
					),
					counterparty: text(original, 'Dbtr', 'Nm'),
					counterpartyIban: text(original, 'DbtrAcct', 'Id', 'IBAN'),
					returnReason: reasonOf(transaction) ?? reasonOf(batch) ?? reasonOf(group),
					isReturn: true
				}
			];
		})
	);
	const statement = { account: '', reference, currency: 'EUR', openingMinor: null, closingMinor: null, lines };
	return { ok: true, format: message, statements: [statement], findings: [] };
}
