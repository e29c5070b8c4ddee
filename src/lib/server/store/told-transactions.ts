// Which of the transactions that a statement brings another file has told already.
import { and, asc, between, eq, inArray } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import { alreadyTold, type SeenTransaction } from '../../domain/bank/same-transaction.ts';
import { addDays, type CivilDate } from '../../domain/calendar/civil-date.ts';
import type { Tx } from './database.ts';
import { bankStatement, bankTransaction } from './schema/index.ts';

export type NewStatement = Omit<typeof bankStatement.$inferInsert, 'supplierId'>;
export type NewBankTransaction = Omit<typeof bankTransaction.$inferInsert, 'supplierId' | 'statementId'>;

const BATCH = 500;
/** A file that has the booking day of another's value day, and the reverse. */
const DAYS_APART = 7;
/** What comes in or back is compared with the transactions of other files; those that this file tells too are explained by that. */
export async function findTold(
	tx: Tx,
	{ supplierId }: Scope,
	{ account, format }: NewStatement,
	{ fresh, known }: { fresh: NewBankTransaction[]; known: Set<string> }
): Promise<Map<NewBankTransaction, Pick<NewBankTransaction, 'state' | 'sameAs'>>> {
	const coming = fresh
		.filter((transaction) => transaction.state === 'waiting')
		.map((transaction) => ({ ...asTold(transaction), account, format, transaction }));
	const days = coming.map((one) => one.bookedOn).sort();
	const [first, last] = [days[0], days.at(-1)];
	if (!first || !last) return new Map();
	const [from, to] = [addDays(first, -DAYS_APART), addDays(last, DAYS_APART)];
	const amounts = [...new Set(coming.map((one) => one.amountMinor))];
	const others: (SeenTransaction & { bankTransactionId: string })[] = [];
	for (let at = 0; at < amounts.length; at += BATCH) {
		const rows = await tx
			.select({ transaction: bankTransaction, account: bankStatement.account, format: bankStatement.format })
			.from(bankTransaction)
			.innerJoin(
				bankStatement,
				and(
					eq(bankStatement.supplierId, bankTransaction.supplierId),
					eq(bankStatement.statementId, bankTransaction.statementId)
				)
			)
			.where(
				and(
					eq(bankTransaction.supplierId, supplierId),
					inArray(bankTransaction.amountMinor, amounts.slice(at, at + BATCH)),
					between(bankTransaction.bookedOn, from, to)
				)
			)
			.orderBy(asc(bankTransaction.bookedOn), asc(bankTransaction.bankTransactionId));
		for (const { transaction, ...rest } of rows)
			if (!known.has(transaction.fingerprint) && transaction.sameAs === null) others.push({ ...transaction, ...rest });
	}
	const pairs = alreadyTold(coming, others);
	return new Map(
		[...pairs].map(([{ transaction }, { known: other, sameness }]) => [
			transaction,
			{ state: sameness === 'same' ? 'aside' : 'waiting', sameAs: other.bankTransactionId }
		])
	);
}
const asTold = (transaction: NewBankTransaction): Omit<SeenTransaction, 'account' | 'format'> => ({
	bookedOn: transaction.bookedOn as CivilDate,
	valueOn: (transaction.valueOn ?? null) as CivilDate | null,
	amountMinor: transaction.amountMinor,
	currency: transaction.currency,
	text: transaction.text,
	endToEndId: transaction.endToEndId ?? null,
	bankReference: transaction.bankReference ?? null,
	counterparty: transaction.counterparty ?? null,
	counterpartyIban: transaction.counterpartyIban ?? null
});
