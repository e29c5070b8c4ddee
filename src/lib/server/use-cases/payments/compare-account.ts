// One account at Stripe beside the books: its movements day by day, then its balance beside account 511. Money of others on it is told apart. A gap is
// settled if it can be, shown as long as it stands, and looked at again until it goes.
import type { Scope } from '../../../domain/access/scope.ts';
import { addDays, civilDateIn, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import { startOfDayIn } from '../../../domain/calendar/day-starts.ts';
import { minor, subtract, type Minor } from '../../../domain/money/minor.ts';
import type { AccountBook, MoneyMove } from '../../gateways/stripe/port.ts';
import type { Services } from '../../services.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { type Supplier } from '../../store/suppliers.ts';
import { accountKey, type StripeAccount } from '../../store/stripe-accounts.ts';
import {
	beginningOf,
	findStripeAccount,
	lockStripeAccount,
	saveBalance,
	saveOpening,
	sumApart,
	sumInTransit,
	sumNotThereYet
} from '../../store/stripe-balances.ts';
import { listToCompare, saveDay } from '../../store/stripe-books.ts';
import { commit, read } from '../run.ts';
import { bookOwnMoves } from './book-own-moves.ts';
import { compareMoves, netOf } from './compare-moves.ts';
import { settleAlone } from './reconcile.ts';

/** A late webhook explains a gap of yesterday: each day is compared again for three days, and as long as it differs. */
const COMPARED_DAYS = 3;
const CURRENCY = 'EUR';
/** A card's money is on the balance within the hour (https://docs.stripe.com/payments/payment-intents/asynchronous-capture); later than this it is missed. */
const COMING_MS = 2 * 3_600_000;

/** `readAt`: as it was then. Who asks Stripe later, beside it, knows better: what is older is not saved over it. */
type Comparing = { services: Services; scope: Scope; supplier: Supplier; account: string | null; readAt: Date };
/** Compares, or does nothing: an account that goes on moving while it is read is compared next time. Throws `NotAsked`. */
export async function compareAccount(services: Services, scope: Scope, account: string | null): Promise<void> {
	const { supplier, row, beganAt, last, again } = await read(services, scope, async (tx) => ({
		supplier: await getSupplier(tx, scope),
		row: await findStripeAccount(tx, scope, accountKey(account)),
		beganAt: await beginningOf(tx, scope, accountKey(account)),
		...(await listToCompare(tx, scope, account))
	}));
	if (!row) return;
	const { timeZone } = supplier;
	const today = civilDateIn(services.clock.now(), timeZone);
	const usual = addDays(today, -COMPARED_DAYS);
	const opened = row.openedOn ?? civilDateIn(beganAt, timeZone);
	// The first time, and where the balance differs, all of it: what was taken for another's may have turned out to be ours.
	const isWhole = row.openedOn === null || row.balanceMinor !== row.booksMinor;
	const begin = isWhole || !last ? opened : (earliest([usual, ...again, last]) ?? opened);
	const readAt = services.clock.now();
	const book = await services.payments.readBook(account, startOfDayIn(begin, timeZone), CURRENCY);
	if (!book) return;
	if (row.openedOn === null) {
		const openingMinor = subtract(book.balanceMinor, netOf(book.moves));
		await commit(services, scope, (tx) => saveOpening(tx, scope, row.account, { openedOn: opened, openingMinor }));
	}
	const comparing = { services, scope, supplier, account, readAt };
	const byDay = Map.groupBy(book.moves, (move) => civilDateIn(move.at, timeZone));
	for (let day = begin; day <= today; day = addDays(day, 1)) {
		// The last one was not over yet when it was compared.
		const isDue = isWhole || day >= usual || again.includes(day) || !last || day >= last;
		if (isDue) await compareDay(comparing, day, (byDay.get(day) ?? []).toReversed());
	}
	const agrees = await compareBalance(comparing, row, book);
	if (!agrees && !isWhole) await compareAccount(services, scope, account);
}
const earliest = (days: CivilDate[]): CivilDate | undefined => days.sort()[0];

/** `moves`: oldest first. */
async function compareDay(comparing: Comparing, day: CivilDate, moves: MoneyMove[]): Promise<void> {
	const { services, scope, account, readAt } = comparing;
	const look = () => read(services, scope, (tx) => compareMoves(tx, scope, moves));
	let seen = await look();
	if (seen.stripeMinor !== seen.ledgerMinor || seen.underWayMinor !== 0n) {
		for (const intentId of new Set(moves.flatMap((move) => move.intentId ?? [])))
			await settleAlone(services, scope, { account, intentId });
		seen = await look();
	}
	if (await bookOwnMoves(comparing, day, moves, seen.foreignIds)) seen = await look();
	const { foreignIds: _, ...compared } = seen;
	if (seen.stripeMinor !== seen.ledgerMinor)
		services.log.error(
			{
				supplierId: scope.supplierId,
				account,
				day,
				stripe: String(seen.stripeMinor),
				ledger: String(seen.ledgerMinor)
			},
			'totals differ between Stripe and the ledger'
		);
	await commit(services, scope, (tx) => saveDay(tx, scope, account, { reconciledOn: day, ...compared }, readAt));
}

/** The balance of the account, less what is not in the books, is account 511. `false`: it is not. */
async function compareBalance(
	{ services, scope, account, readAt }: Comparing,
	{ account: key }: StripeAccount,
	{ moves, balanceMinor: held }: AccountBook
): Promise<boolean> {
	const now = services.clock.now();
	return commit(services, scope, async (tx) => {
		const row = await lockStripeAccount(tx, scope, key);
		if (!row || (row.comparedAt && row.comparedAt > readAt)) return true;
		const { foreignMinor, underWayMinor } = await sumApart(tx, scope, key);
		const outsideMinor = minor((row.openingMinor ?? 0n) + foreignMinor);
		const balanceMinor: Minor = minor(held - outsideMinor - underWayMinor);
		const seen = moves.flatMap((move) => move.intentId ?? []);
		const since = new Date(now.getTime() - COMING_MS);
		const coming = await sumNotThereYet(tx, scope, { account: key, since, seen });
		const booksMinor = subtract(await sumInTransit(tx, scope, row), coming);
		if (balanceMinor !== booksMinor)
			services.log.error(
				{ supplierId: scope.supplierId, account, stripe: String(balanceMinor), books: String(booksMinor) },
				'the balance at Stripe is not account 511'
			);
		await saveBalance(tx, scope, key, { outsideMinor, balanceMinor, booksMinor, comparedAt: readAt });
		return balanceMinor === booksMinor;
	});
}
