// Every kind of entry balances, whatever the amounts, and moves each account by what the fact says.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as entries from '#lib/domain/ledger/entries.ts';
import { minor } from '#lib/domain/money/minor.ts';

const amount = fc.bigInt({ min: 1n, max: 10n ** 9n }).map(minor);
const signed = fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n }).map(minor);
const some = fc.record({
	lines: fc.array(fc.record({ invoiceId: fc.uuid(), amountMinor: amount }), { maxLength: 5 }),
	debtMinor: signed.filter((value) => value !== 0n),
	feeMinor: signed.filter((value) => value !== 0n),
	creditMinor: fc.oneof(fc.constant(minor(0n)), amount),
	advanceMinor: signed,
	claimMinor: signed,
	vat: fc.array(
		fc
			.record({ rateBps: fc.constantFrom(null, 550, 2000), net: amount, vat: fc.bigInt({ min: 0n, max: 10n ** 8n }) })
			.map((one) => ({
				rateBps: one.rateBps,
				grossMinor: minor(one.net + one.vat),
				vatMinor: minor(one.vat)
			})),
		{ minLength: 1, maxLength: 3 }
	)
});
type Some = (typeof some extends fc.Arbitrary<infer T> ? T : never) & { total: bigint; gross: bigint; tax: bigint };
/** What an entry adds to each account: debit less credit. `claim` is 411 without an invoice. */
type Moved = Partial<Record<entries.Account | 'claim', bigint>>;
type Case = { make: (of: Some) => entries.JournalEntry; moves: (of: Some) => Moved };

const money = ({ lines, advanceMinor, claimMinor }: Some) => ({ clientId: 'c', lines, advanceMinor, claimMinor });
const came = (kind: 'payment' | 'refund_failed' | 'chargeback_won' | 'refund_unsaid'): Case => ({
	make: (of) => entries.moneyIn(kind, 's', money(of)),
	moves: (of) => ({
		'511': of.total + of.advanceMinor - of.claimMinor,
		'411': -of.total,
		'4191': -of.advanceMinor,
		claim: of.claimMinor
	})
});
const went = (kind: 'refund' | 'debit_return' | 'chargeback' | 'payment_unsaid'): Case => ({
	make: (of) => entries.moneyGoneBack(kind, 's', money(of)),
	moves: (of) => ({
		'511': -of.total - of.claimMinor + of.advanceMinor,
		'411': of.total,
		'4191': -of.advanceMinor,
		claim: of.claimMinor
	})
});
const transfer = (kind: 'transfer' | 'transfer_return' | 'transfer_undone' | 'return_undone', sign: bigint): Case => ({
	make: ({ lines, creditMinor }) => entries.transferBooked(kind, 's', { clientId: 'c', lines, creditMinor }),
	moves: (of) => ({
		'512': sign * (of.total + of.creditMinor),
		'411': -sign * of.total,
		'4191': -sign * of.creditMinor
	})
});
const reduction = (make: (of: Some) => entries.JournalEntry, account: entries.Account, sign: bigint): Case => ({
	make,
	moves: (of) => ({ [account]: sign * (of.gross - of.tax), '44571': sign * of.tax, '411': -sign * of.gross })
});
const atStripe = (
	kind: 'payout' | 'payout_returned' | 'top_up' | 'reserve',
	against: '580' | '275',
	sign: bigint
): Case => ({
	make: (of) => entries.movedAtStripe(kind, 'po', minor(sign * of.feeMinor)),
	moves: (of) => ({ '511': sign * of.feeMinor, [against]: -sign * of.feeMinor })
});
const ofInvoice = ({ vat }: Some) => ({ clientId: 'c', invoiceId: 'i', vat });

const setOff = ({ gross }: Some) => ({ clientId: 'c', creditId: 'a', invoiceId: 'i', amountMinor: minor(gross) });

/** The compiler asks for each kind: a new one can't be forgotten here. */
const CASES: Record<entries.EntryKind, Case> = {
	invoice_opened: {
		make: (of) => entries.invoiceOpened('i', 'c', of.debtMinor),
		moves: (of) => ({ '411': of.debtMinor, '467': -of.debtMinor })
	},
	invoice_withdrawn: {
		make: (of) => entries.invoiceWithdrawn('i', 'c', of.debtMinor),
		moves: (of) => ({ '411': -of.debtMinor, '467': of.debtMinor })
	},
	payment: came('payment'),
	refund_failed: came('refund_failed'),
	chargeback_won: came('chargeback_won'),
	refund: went('refund'),
	debit_return: went('debit_return'),
	chargeback: went('chargeback'),
	stripe_fee: {
		make: (of) => entries.stripeFee('ch', of.feeMinor),
		moves: (of) => ({ '627': of.feeMinor, '511': -of.feeMinor })
	},
	payout: atStripe('payout', '580', -1n),
	payout_returned: atStripe('payout_returned', '580', 1n),
	top_up: atStripe('top_up', '580', 1n),
	reserve: atStripe('reserve', '275', -1n),
	discount: reduction((of) => entries.discountBooked('discount', 'd', ofInvoice(of)), '665', 1n),
	discount_void: reduction((of) => entries.discountBooked('discount_void', 'd', ofInvoice(of)), '665', -1n),
	points_used: reduction((of) => entries.pointsUsed('points_used', 'd', ofInvoice(of)), '709', 1n),
	points_given_back: reduction((of) => entries.pointsUsed('points_given_back', 'd', ofInvoice(of)), '709', -1n),
	part_forgiven: reduction((of) => entries.instalmentForgiven('d', ofInvoice(of)), '709', 1n),
	credit_note: reduction((of) => entries.creditNoteBooked('credit_note', 'd', 'returned', ofInvoice(of)), '707', 1n),
	credit_note_void: reduction(
		(of) => entries.creditNoteBooked('credit_note_void', 'd', 'goodwill', ofInvoice(of)),
		'709',
		-1n
	),
	// One invoice of the client's down, its credit note up: together nothing.
	credit_used: { make: (of) => entries.creditUsed('credit_used', 'u', setOff(of)), moves: () => ({}) },
	credit_use_undone: { make: (of) => entries.creditUsed('credit_use_undone', 'u', setOff(of)), moves: () => ({}) },
	transfer: transfer('transfer', 1n),
	transfer_return: transfer('transfer_return', -1n),
	transfer_undone: transfer('transfer_undone', -1n),
	return_undone: transfer('return_undone', 1n),
	payment_unsaid: went('payment_unsaid'),
	refund_unsaid: came('refund_unsaid')
};

const movedBy = ({ lines }: entries.JournalEntry): Moved => {
	const moved: Record<string, bigint> = {};
	for (const line of lines) {
		const at = line.account === '411' && line.invoiceId === null ? 'claim' : line.account;
		moved[at] = (moved[at] ?? 0n) + line.debitMinor - line.creditMinor;
	}
	return moved;
};
const without0 = (moved: Moved): Moved => Object.fromEntries(Object.entries(moved).filter(([, value]) => value !== 0n));

test.each(Object.entries(CASES))(
	'%s: balances, moves what the fact says, and no line is on both sides or on none',
	(kind, { make, moves }) => {
		fc.assert(
			fc.property(some, (values) => {
				const sum = (pick: (part: Some['vat'][number]) => bigint) =>
					values.vat.reduce((all, one) => all + pick(one), 0n);
				const of: Some = {
					...values,
					total: values.lines.reduce((all, line) => all + line.amountMinor, 0n),
					gross: sum((part) => part.grossMinor),
					tax: sum((part) => part.vatMinor)
				};
				const entry = make(of);
				expect(entry.kind).toBe(kind);
				expect(entry.lines.reduce((all, line) => all + line.debitMinor - line.creditMinor, 0n)).toBe(0n);
				expect(without0(movedBy(entry))).toEqual(without0(moves(of)));
				for (const line of entry.lines) {
					expect(line.debitMinor === 0n).not.toBe(line.creditMinor === 0n);
					expect(line.debitMinor >= 0n && line.creditMinor >= 0n).toBe(true);
					// Whose it is, is said wherever it is somebody's.
					if (line.account === '411' || line.account === '4191') expect(line.clientId).toBe('c');
				}
				// Of several invoices each gets its own.
				const invoices = entry.lines.filter((line) => line.account === '411' && line.invoiceId !== null);
				if (['payment', 'refund', 'chargeback', 'transfer'].includes(kind))
					expect(invoices.map((line) => [line.invoiceId, line.debitMinor + line.creditMinor])).toEqual(
						of.lines.map((line) => [line.invoiceId, line.amountMinor])
					);
			})
		);
	}
);

test('a credit note that is set off pays its invoice and is used up by as much; undone, both are as before', () => {
	const of = { clientId: 'c', creditId: 'a', invoiceId: 'i', amountMinor: minor(300n) };
	const moved = (kind: 'credit_used' | 'credit_use_undone') =>
		entries.creditUsed(kind, 'u', of).lines.map((line) => [line.invoiceId, line.debitMinor - line.creditMinor]);
	expect(moved('credit_used')).toEqual([
		['a', 300n],
		['i', -300n]
	]);
	expect(moved('credit_use_undone')).toEqual([
		['a', -300n],
		['i', 300n]
	]);
});
