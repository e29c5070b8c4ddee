// Once a day: what Stripe says moved, beside what the books hold of exactly that; and the balances at Stripe beside account 511. Money of others on the
// account is told apart. A gap is settled if it can be, shown as long as it stands, and looked at again until it goes.
import { mintScope, type Scope } from '../../../domain/access/scope.ts';
import { addDays, civilDateIn, startOfDayIn, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import type { EntryKind } from '../../../domain/ledger/entries.ts';
import { add, minor, subtract, type Minor } from '../../../domain/money/minor.ts';
import { required } from '../../../domain/required.ts';
import type { MoneyMove } from '../../gateways/stripe/port.ts';
import type { Services } from '../../services.ts';
import type { Tx } from '../../store/database.ts';
import { sumBooked } from '../../store/journal.ts';
import { listSuppliers, type Supplier } from '../../store/parties.ts';
import {
	findOurs,
	listToCompare,
	saveBalance,
	saveDay,
	sumApart,
	sumInTransit,
	sumNotThereYet,
	type ComparedDay
} from '../../store/stripe-books.ts';
import { listStripeAccounts } from '../../store/stripe-accounts.ts';
import { commit, read, safely } from '../run.ts';
import { accountsThatAnswer, settleAlone } from './reconcile.ts';

/** A late webhook explains a gap of yesterday: each day is compared again for three days, and as long as it differs. */
const COMPARED_DAYS = 3;
const CURRENCY = 'EUR';
/** A card's money is on the balance within the hour (https://docs.stripe.com/payments/payment-intents/asynchronous-capture); later than this it is missed. */
const COMING_MS = 2 * 3_600_000;

export async function compareTotals(services: Services): Promise<void> {
	for (const supplier of await listSuppliers(services.db)) {
		const scope = mintScope(supplier.supplierId, { kind: 'system' });
		const accounts = await accountsThatAnswer(services, scope);
		const all = await read(services, scope, (tx) => listStripeAccounts(tx, scope, services.clock.now()));
		let asked = 0;
		const seen: string[] = [];
		for (const account of accounts)
			await safely(services, supplier.supplierId, async () => {
				seen.push(...(await compareAccount(services, scope, supplier, account)));
				asked += 1;
			});
		// A balance that could not be asked would be a gap that is none.
		if (accounts.length && asked === all.length)
			await safely(services, supplier.supplierId, () => compareBalances(services, scope, supplier, { accounts, seen }));
	}
}

async function compareAccount(
	services: Services,
	scope: Scope,
	supplier: Supplier,
	account: string | null
): Promise<string[]> {
	const { timeZone } = supplier;
	const today = civilDateIn(services.clock.now(), timeZone);
	const { last, again } = await read(services, scope, (tx) => listToCompare(tx, scope, account));
	const usual = addDays(today, -COMPARED_DAYS);
	// The first time, from the supplier's beginning here: what lay on the account before is found as a difference, and is not ours.
	const [begin = usual] = [usual, ...again, last ? addDays(last, 1) : civilDateIn(supplier.createdAt, timeZone)].sort();
	const moves = (
		await services.payments.listMoves(account, startOfDayIn(begin, timeZone), startOfDayIn(addDays(today, 1), timeZone))
	).filter((move) => move.currency === CURRENCY);
	const byDay = Map.groupBy(moves, (move) => civilDateIn(move.at, timeZone));
	for (let day = begin; day <= today; day = addDays(day, 1)) {
		const isDue = day >= usual || again.includes(day) || !last || day > last;
		if (isDue) await compareDay(services, scope, { account, day, moves: byDay.get(day) ?? [] });
	}
	return moves.flatMap((move) => move.intentId ?? []);
}

type Compared = { account: string | null; day: CivilDate; moves: MoneyMove[] };
async function compareDay(services: Services, scope: Scope, { account, day, moves }: Compared): Promise<void> {
	const look = () => read(services, scope, (tx) => compare(tx, scope, day, moves));
	let seen = await look();
	if (seen.stripeMinor !== seen.ledgerMinor || seen.underWayMinor !== 0n) {
		for (const intentId of new Set(moves.flatMap((move) => move.intentId ?? [])))
			await settleAlone(services, scope, { account, intentId });
		seen = await look();
	}
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
	await commit(services, scope, (tx) => saveDay(tx, scope, account, seen, services.clock.now()));
}

const BOOKED_AS: Record<Exclude<MoneyMove['kind'], 'other'>, readonly EntryKind[]> = {
	in: ['payment'],
	back: ['refund', 'debit_return', 'chargeback'],
	restored: ['refund_failed', 'chargeback_won']
};
async function compare(tx: Tx, scope: Scope, day: CivilDate, moves: MoneyMove[]): Promise<ComparedDay> {
	const { booked, underWay } = await findOurs(
		tx,
		scope,
		moves.flatMap((move) => move.intentId ?? [])
	);
	const net = (of: MoneyMove[]): Minor => minor(of.reduce((sum, move) => sum + move.amountMinor - move.feeMinor, 0n));
	const ours = moves.filter((move) => move.intentId !== null && booked.has(move.intentId));
	const waiting = moves.filter(
		(move) => move.intentId !== null && !booked.has(move.intentId) && underWay.has(move.intentId)
	);
	const parts: Minor[] = [];
	for (const kind of ['in', 'back', 'restored'] as const) {
		const of = ours.filter((move) => move.kind === kind);
		const sources = of.map((move) => (kind === 'in' ? required(move.intentId, 'intent') : move.objectId));
		parts.push(await sumBooked(tx, scope, BOOKED_AS[kind], sources));
	}
	// A charge's fee is booked by the charge, any other by its own movement.
	const fees = ours.map((move) => (move.kind === 'in' ? move.objectId : move.moveId));
	parts.push(await sumBooked(tx, scope, ['stripe_fee'], fees));
	const underWayMinor = net(waiting);
	return {
		reconciledOn: day,
		stripeMinor: net(ours),
		ledgerMinor: add(...parts),
		foreignMinor: minor(net(moves) - net(ours) - underWayMinor),
		underWayMinor
	};
}

/** The balances of all accounts, less what is not in the books, are account 511. */
async function compareBalances(
	services: Services,
	scope: Scope,
	supplier: Supplier,
	{ accounts, seen }: { accounts: (string | null)[]; seen: string[] }
): Promise<void> {
	const now = services.clock.now();
	const day = civilDateIn(now, supplier.timeZone);
	let held = minor(0n);
	for (const account of accounts) held = add(held, await services.payments.readBalance(account, CURRENCY));
	await commit(services, scope, async (tx) => {
		const balanceMinor = minor(held - (await sumApart(tx, scope)));
		const coming = await sumNotThereYet(tx, scope, new Date(now.getTime() - COMING_MS), seen);
		const booksMinor = subtract(await sumInTransit(tx, scope), coming);
		if (balanceMinor !== booksMinor)
			services.log.error(
				{ supplierId: scope.supplierId, stripe: String(balanceMinor), books: String(booksMinor) },
				'the balance at Stripe is not account 511'
			);
		await saveBalance(tx, scope, required(accounts[0], 'account'), { day, balanceMinor, booksMinor });
	});
}
