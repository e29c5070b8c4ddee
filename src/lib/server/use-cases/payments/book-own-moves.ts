// The account's own movements at Stripe: paid out, come back, put in, held back, fees of Stripe's own. Each is booked once, so that 511 stays the balance.
//
// What lies on the account outside of the books (an opening, another program's charges) is paid out as well. Stripe says of no payout by hand whose money
// it was, so a rule does: first what lies outside, then ours. Once everything is paid out, nothing is left of either.
import type { Scope } from '../../../domain/access/scope.ts';
import { civilDateIn, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import { movedAtStripe, stripeFee, type JournalEntry } from '../../../domain/ledger/entries.ts';
import { minor, smallest, subtract, ZERO, type Minor } from '../../../domain/money/minor.ts';
import type { MoneyMove } from '../../gateways/stripe/port.ts';
import type { Services } from '../../services.ts';
import type { Tx } from '../../store/database.ts';
import { bookEntry, sumBooked } from '../../store/journal.ts';
import type { Supplier } from '../../store/suppliers.ts';
import { accountKey } from '../../store/stripe-accounts.ts';
import { findStripeAccount, sumApart } from '../../store/stripe-balances.ts';
import { commit } from '../run.ts';
import { isOwn, netOf, sourceOf } from './compare-moves.ts';

type Where = { services: Services; scope: Scope; supplier: Supplier; account: string | null };
/** The movements of a day, oldest first, and which of them are of nobody here. `true`: something was booked. */
export async function bookOwnMoves(
	{ services, scope, supplier, account }: Where,
	day: CivilDate,
	moves: MoneyMove[],
	foreignIds: Set<string>
): Promise<boolean> {
	if (!moves.some(isOwn)) return false;
	const stripeAccount = accountKey(account);
	return commit(services, scope, async (tx) => {
		const opening = (await findStripeAccount(tx, scope, stripeAccount))?.openingMinor ?? ZERO;
		let outside: bigint = opening + (await sumApart(tx, scope, stripeAccount, day)).foreignMinor;
		let hasBooked = false;
		const book = async (entry: JournalEntry, { at, currency }: MoneyMove): Promise<void> => {
			if (!entry.lines.length) return;
			const bookedOn = civilDateIn(at, supplier.timeZone);
			const isNew = await bookEntry(tx, scope, entry, {
				currency,
				stripeAccount,
				bookedOn,
				now: services.clock.now()
			});
			hasBooked ||= isNew;
		};
		for (const move of moves) {
			const { kind, moveId, amountMinor, feeMinor } = move;
			if (foreignIds.has(moveId)) outside += netOf([move]);
			if (kind === 'fee') await book(stripeFee(moveId, subtract(feeMinor, amountMinor)), move);
			else if (kind === 'top_up' || kind === 'reserve') await book(movedAtStripe(kind, moveId, amountMinor), move);
			else if (kind === 'payout' || kind === 'payout_returned') {
				const ours = await ourShare(tx, scope, move, minor(outside));
				await book(movedAtStripe(kind, sourceOf(move), ours), move);
				outside += amountMinor - ours;
			}
			if (isOwn(move) && kind !== 'fee' && feeMinor !== 0n) await book(stripeFee(moveId, feeMinor), move);
		}
		return hasBooked;
	});
}

/** Once booked, it stays as it was booked; what comes back is what had gone. */
async function ourShare(tx: Tx, scope: Scope, move: MoneyMove, outsideMinor: Minor): Promise<Minor> {
	const { kind, amountMinor } = move;
	const gone = await sumBooked(tx, scope, ['payout'], [sourceOf(move)]);
	if (kind === 'payout_returned') return minor(-gone);
	if (gone !== 0n || amountMinor >= 0n || outsideMinor <= 0n) return gone !== 0n ? gone : amountMinor;
	return minor(amountMinor + smallest(outsideMinor, minor(-amountMinor)));
}
