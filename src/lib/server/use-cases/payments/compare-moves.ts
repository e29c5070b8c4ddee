// Movements of an account at Stripe beside what account 511 holds of exactly these.
import type { Scope } from '../../../domain/access/scope.ts';
import type { EntryKind } from '../../../domain/ledger/entries.ts';
import { add, minor, type Minor } from '../../../domain/money/minor.ts';
import type { MoneyMove } from '../../gateways/stripe/port.ts';
import type { Tx } from '../../store/database.ts';
import { sumBooked } from '../../store/journal.ts';
import { listNamesInBooks } from '../../store/payments-of-intents.ts';
import { listRefundsNamed } from '../../store/refunds-in-books.ts';
import { findOurs, type ComparedDay } from '../../store/stripe-books.ts';

type Kind = Exclude<MoneyMove['kind'], 'other'>;
const BOOKED_AS: Record<Kind, readonly EntryKind[]> = {
	in: ['payment'],
	back: ['refund', 'debit_return', 'chargeback', 'refund_unsaid'],
	restored: ['refund_failed', 'chargeback_won'],
	payout: ['payout'],
	payout_returned: ['payout_returned'],
	top_up: ['top_up'],
	reserve: ['reserve'],
	fee: ['stripe_fee']
};
/** Under which name a movement is in the books. A payout and its return are one object's. */
export function sourceOf({ kind, intentId, objectId, moveId }: MoneyMove): string {
	if (kind === 'in') return intentId ?? objectId;
	if (kind === 'top_up' || kind === 'reserve' || kind === 'fee') return moveId;
	return objectId || moveId;
}
/** A charge's fee is booked by the charge, any other by its own movement. */
const feeSourceOf = (move: MoneyMove): string => (move.kind === 'in' ? move.objectId : move.moveId);
const PAYOUTS: readonly MoneyMove['kind'][] = ['payout', 'payout_returned'];
const OWN: readonly MoneyMove['kind'][] = [...PAYOUTS, 'top_up', 'reserve', 'fee'];
export const isOwn = (move: MoneyMove): boolean => OWN.includes(move.kind);

export const netOf = (moves: MoneyMove[]): Minor =>
	minor(moves.reduce((sum, move) => sum + move.amountMinor - move.feeMinor, 0n));

/** With `foreignIds`, the movements that are of nobody here. */
export async function compareMoves(
	tx: Tx,
	scope: Scope,
	moves: MoneyMove[]
): Promise<Omit<ComparedDay, 'reconciledOn'> & { foreignIds: Set<string> }> {
	const { booked, underWay } = await findOurs(
		tx,
		scope,
		moves.flatMap((move) => move.intentId ?? [])
	);
	const isBooked = ({ intentId }: MoneyMove) => intentId !== null && booked.has(intentId);
	const isWaiting = (move: MoneyMove) => !isBooked(move) && move.intentId !== null && underWay.has(move.intentId);
	const payouts = moves.filter((move) => PAYOUTS.includes(move.kind));
	const whole = moves.filter((move) => isBooked(move) || (isOwn(move) && !payouts.includes(move)));
	/** What was said under such a name, and taken back, is not of it. */
	const namesOf = async (of: MoneyMove[]): Promise<string[]> => {
		const names = of.map(sourceOf);
		if (of[0]?.kind === 'in') return listNamesInBooks(tx, scope, names);
		const refunds = await listRefundsNamed(
			tx,
			scope,
			names.filter((name) => /^(re|pyr)_/.test(name))
		);
		return [...new Set([...names, ...refunds.map((one) => one.stripeObjectId)])];
	};
	const bookedOf = async (of: MoneyMove[]): Promise<Minor> => {
		const sums: Minor[] = [];
		for (const kind of Object.keys(BOOKED_AS) as Kind[])
			sums.push(await sumBooked(tx, scope, BOOKED_AS[kind], await namesOf(of.filter((move) => move.kind === kind))));
		const fees = of.filter((move) => move.kind !== 'fee').map(feeSourceOf);
		sums.push(await sumBooked(tx, scope, ['stripe_fee'], fees));
		return add(...sums);
	};
	// Of a payout, what is in the books is ours; the rest was of what lies outside (book-own-moves.ts).
	const paidOut = await bookedOf(payouts);
	const stripeMinor = add(netOf(whole), paidOut);
	const underWayMinor = netOf(moves.filter(isWaiting));
	const foreign = moves.filter((move) => !whole.includes(move) && !payouts.includes(move) && !isWaiting(move));
	return {
		stripeMinor,
		ledgerMinor: add(await bookedOf(whole), paidOut),
		foreignMinor: minor(netOf(moves) - stripeMinor - underWayMinor),
		underWayMinor,
		foreignIds: new Set(foreign.map((move) => move.moveId))
	};
}
