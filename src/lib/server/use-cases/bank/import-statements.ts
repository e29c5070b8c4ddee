// Bank files in: each statement kept whole, each transaction once. Nothing is booked here.
// Actor: owner or accountant. Refusals: not_allowed. Facts: bank.changed.
import { may, actorName, type Scope } from '../../../domain/access/scope.ts';
import type { BankStatement, StatementLine } from '../../../domain/bank/statement.ts';
import { verdictOf, type Finding } from '../../../domain/invoices/findings.ts';
import { required } from '../../../domain/required.ts';
import { newId, sha256 } from '../../identity.ts';
import type { BankListShape } from '../../readers/bank/bank-columns.ts';
import type { StatementFileReading } from '../../readers/bank/read-statements.ts';
import type { InvoiceFile } from '../../readers/file.ts';
import { readStatementsOffPath, unpackedOffPath } from '../../readers/off-path.ts';
import type { Services } from '../../services.ts';
import { insertStatement, type NewBankTransaction } from '../../store/bank.ts';
import { listMappings, saveMapping } from '../../store/import-mappings.ts';
import { recordFact } from '../../store/outbox.ts';
import { recordAudit } from '../../store/audits.ts';
import type { ListAnswers } from '../../store/schema/index.ts';
import { readingDay } from '../reading-day.ts';
import { commit, done, read, refuse, type Result } from '../run.ts';

/** `columns`: nobody knows what its columns are yet. `review`: something was left out or is missing; kept only once a person has said so. */
export type StatementOutcome = {
	fileName: string;
	outcome: 'kept' | 'known' | 'columns' | 'review' | 'refused';
	format: string;
	statementCount: number;
	entryCount: number;
	newCount: number;
	/** Transactions that another file had told already: put aside. */
	toldCount: number;
	findings: Finding[];
	/** The list whose columns or dates may be said, while nothing of it is kept. */
	list: (BankListShape & { name: string }) | null;
};
type Options = { acceptReview: boolean; answers?: ListAnswers };

export async function importStatements(
	services: Services,
	scope: Scope,
	files: InvoiceFile[],
	{ acceptReview, answers = {} }: Options
): Promise<Result<StatementOutcome[]>> {
	if (!may(scope.actor, 'book_transfers')) return refuse('not_allowed');
	const outcomes: StatementOutcome[] = [];
	const { mappings, when } = await read(services, scope, async (tx) => ({
		mappings: await listMappings(tx, scope),
		when: await readingDay(tx, scope, services)
	}));
	const said: ListAnswers = {
		...Object.fromEntries(mappings.map(({ headerKey, ...mapping }) => [headerKey, mapping])),
		...answers
	};
	const unpacked = await unpackedOffPath(files);
	if (!unpacked) return refuse('archives_too_large');
	for (const file of unpacked) {
		const reading = await readStatementsOffPath(file, said, when);
		const list = reading.list && { ...reading.list, name: said[reading.list.key]?.name ?? '' };
		if (list && reading.ok && Object.hasOwn(answers, list.key)) await saveAnswer(services, scope, list.key, answers);
		outcomes.push(await importFile(services, scope, { file, reading, list, acceptReview }));
	}
	return done(outcomes);
}

/** Which column is what: remembered under a name for the next list of the same source. */
const saveAnswer = (services: Services, scope: Scope, headerKey: string, answers: ListAnswers): Promise<void> =>
	commit(services, scope, async (tx) => {
		const { name, columns, dateOrder } = required(answers[headerKey], 'answer');
		const row = { mappingId: newId(), headerKey, name: name || 'CSV', columns, dateOrder };
		await saveMapping(tx, scope, { ...row, savedAt: services.clock.now() });
	});

type Read = {
	file: InvoiceFile;
	reading: StatementFileReading;
	list: StatementOutcome['list'];
	acceptReview: boolean;
};
async function importFile(
	services: Services,
	scope: Scope,
	{ file, reading, list, acceptReview }: Read
): Promise<StatementOutcome> {
	const none = {
		fileName: file.name,
		format: '',
		statementCount: 0,
		entryCount: 0,
		newCount: 0,
		toldCount: 0,
		list: null
	};
	if (!reading.ok) return { ...none, outcome: list?.needs ? 'columns' : 'refused', findings: reading.findings, list };
	const { statements, format, findings } = reading;
	const counts = {
		...none,
		format,
		statementCount: statements.length,
		entryCount: statements.reduce((sum, statement) => sum + statement.lines.length, 0),
		findings
	};
	if (verdictOf(findings) === 'confirm' && !acceptReview) return { ...counts, outcome: 'review', list };
	const now = services.clock.now();
	const { newCount, toldCount } = await commit(services, scope, async (tx) => {
		const kept = { newCount: 0, toldCount: 0 };
		for (const statement of statements) {
			const one = await insertStatement(
				tx,
				scope,
				{
					statementId: newId(),
					fileName: file.name.slice(0, 200),
					fileSha256: sha256(file.bytes),
					format,
					account: statement.account,
					reference: statement.reference.slice(0, 200),
					currency: statement.currency,
					importedBy: actorName(scope.actor),
					importedAt: now
				},
				transactionsOf(statement)
			);
			kept.newCount += one.newCount;
			kept.toldCount += one.toldCount;
		}
		if (!kept.newCount && !kept.toldCount) return kept;
		await recordAudit(tx, scope, now, 'bank_file_imported', null, {
			file: file.name.slice(0, 200),
			entries: String(kept.newCount)
		});
		await recordFact(tx, scope, now, { kind: 'bank.changed', clientId: null, invoiceId: null, attemptId: null });
		return kept;
	});
	const isNews = newCount > 0 || toldCount > 0 || !counts.entryCount;
	return { ...counts, newCount, toldCount, outcome: isNews ? 'kept' : 'known' };
}

const TEXT_MAX = 1000;
function transactionsOf(statement: BankStatement): NewBankTransaction[] {
	const seen = new Map<string, number>();
	return statement.lines.map((line, i) => {
		const told = toldAs(statement, line, i);
		const nth = (seen.get(told) ?? 0) + 1;
		seen.set(told, nth);
		return {
			bankTransactionId: newId(),
			fingerprint: sha256(`${statement.account}|${told}|${nth}`),
			bookedOn: line.bookedOn,
			valueOn: line.valueOn,
			amountMinor: line.amountMinor,
			currency: line.currency,
			text: line.text.slice(0, TEXT_MAX),
			endToEndId: line.endToEndId?.slice(0, 70) ?? null,
			creditorReference: line.creditorReference?.slice(0, 70) ?? null,
			bankReference: line.bankReference?.slice(0, 140) ?? null,
			counterparty: line.counterparty?.slice(0, 140) ?? null,
			counterpartyIban: line.counterpartyIban?.replace(/\s/g, '').slice(0, 34) ?? null,
			returnReason: line.returnReason?.slice(0, 35) ?? null,
			isReturn: line.isReturn,
			// What the supplier paid itself is no business of ours, unless it takes a payment back.
			state: line.amountMinor > 0n || line.isReturn ? ('waiting' as const) : ('aside' as const)
		};
	});
}
/**
 * How a transaction is told from another: by the bank's own reference; without one by its place in a numbered statement; in a mere list by all that it
 * says, the second of two equal rows being another transaction. Never by amount and date alone.
 */
function toldAs({ reference }: BankStatement, line: StatementLine, position: number): string {
	const fact = `${line.bookedOn}|${line.amountMinor}|${line.currency}`;
	if (line.bankReference) return `ref|${line.bankReference}|${fact}`;
	if (reference && !/\.\w{2,4}$/.test(reference)) return `place|${reference}|${position}|${fact}`;
	return `row|${fact}|${line.text}|${line.counterparty ?? ''}`;
}
