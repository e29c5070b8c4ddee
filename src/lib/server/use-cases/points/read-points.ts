// A client's points as its own person sees them: what there is, what is to come, what it brings, what happened. Reads only. A pay link is told nothing of
// it: it may have been forwarded.
import type { HistoryLine, HistoryMonth, PointsView, TakenView, TierCard } from '../../../contract/point-views.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import { addDays, civilDateIn, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import type { Locale } from '../../../domain/money/format.ts';
import type { ProgrammeTerms } from '../../../domain/points/programme.ts';
import { missingInSeries } from '../../../domain/points/streak.ts';
import { inARow, stripOf } from '../../../domain/points/strip.ts';
import { required } from '../../../domain/required.ts';
import { inWords, tierBenefits } from '../../../i18n/points.ts';
import { expiry } from '../../../i18n/points-rules.ts';
import { ofHouse } from '../../access/of-house.ts';
import type { Services } from '../../services.ts';
import type { Tx } from '../../store/database.ts';
import { countInvoices } from '../../store/invoice-pages.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { listBeats, listHistory, sumMonths } from '../../store/points-history.ts';
import { findLiveProgramme, type ProgrammeRow } from '../../store/points-programme.ts';
import {
	countFreeCodes,
	countTaken,
	findPointsAcceptance,
	listExpiring,
	listTaken,
	listTierOffers,
	nextFinalOn,
	type TakenRow
} from '../../store/points-reading.ts';
import { pageOf } from '../page.ts';
import { done, read, refuse, type Result } from '../run.ts';
import { accountToday } from './account-today.ts';
import { historyLine } from './history-lines.ts';
import { creditOf, rewardsOf, type AccountSaid } from './what-points-buy.ts';

type Who = { clientId: string };
/** Of a signed-in person of a client only. */
const clientOf = ({ actor }: Scope): Who | null => (actor.kind === 'contact' ? { clientId: actor.clientId } : null);
const NOTHING_YET: AccountSaid = {
	balance: 0,
	pending: 0,
	earnedInYear: 0,
	tier: 0,
	recheckOn: null,
	streak: 0,
	frozenAt: null,
	frozenReason: null
};
type Offers = Awaited<ReturnType<typeof listTierOffers>>;

/** null: the supplier gives no points, or whoever asks is nobody's person. */
export const readTierCard = (services: Services, scope: Scope, locale: Locale): Promise<TierCard | null> =>
	read(services, scope, async (tx) => {
		const who = clientOf(scope);
		const programme = who && (await findLiveProgramme(tx, scope));
		if (!programme) return null;
		const { terms } = programme;
		const today = civilDateIn(services.clock.now(), (await getSupplier(tx, scope)).timeZone);
		const account = await accountToday(tx, scope, who.clientId, { tiers: terms.tiers, today });
		const offers = await listTierOffers(tx, scope);
		return cardOf(account ?? NOTHING_YET, { programme, today, offers, locale });
	});

const earnsOn = ({ lastEarnOn }: Pick<ProgrammeRow, 'lastEarnOn'>, today: CivilDate): boolean =>
	lastEarnOn === null || today <= lastEarnOn;

type Terms = { terms: ProgrammeTerms; offers: Offers; locale: Locale };
/** `account`: as it stands today (account-today.ts), by the tiers of `terms`. */
export function cardOf(
	account: AccountSaid,
	{ programme, today, ...said }: Omit<Terms, 'terms'> & { programme: ProgrammeRow; today: CivilDate }
): TierCard {
	const { terms, lastEarnOn } = programme;
	const { locale } = said;
	const of = { ...said, terms };
	const position = account.tier;
	const tier = required(terms.tiers[position], 'tier');
	const above = terms.tiers[position + 1] ?? null;
	const next = earnsOn(programme, today) ? above : null;
	const yearEndsOn = account.recheckOn && addDays(account.recheckOn, -1);
	const percentOf = (points: number): number => (above ? Math.min(100, (100 * points) / above.threshold) : 100);
	return {
		balance: account.balance,
		pending: account.pending,
		tier: position,
		tierName: inWords(tier.name, locale),
		next: next && {
			name: inWords(next.name, locale),
			threshold: next.threshold,
			missing: Math.max(0, next.threshold - account.earnedInYear),
			// Of a programme that ends, nobody earns anything by a later day.
			by: lastEarnOn && (!yearEndsOn || lastEarnOn < yearEndsOn) ? lastEarnOn : yearEndsOn
		},
		isTop: !above,
		progress: { percent: percentOf(account.earnedInYear), from: above ? percentOf(tier.threshold) : 0 },
		nextBenefits: next ? benefitsOf(position + 1, of) : []
	};
}
export function benefitsOf(position: number, { terms, offers, locale }: Terms): string[] {
	const mine = offers.filter((offer) => offer.tier === position).map((offer) => offer.terms);
	return tierBenefits(required(terms.tiers[position], 'tier'), { earning: terms.earning, offers: mine, locale });
}

const LINES_SHOWN = 30;
const BEATS_SHOWN = 16;
/** Refusal: not_found (no programme, or nobody's person). `after`: where a page of the history begins. */
export async function readPoints(
	services: Services,
	scope: Scope,
	{ after, locale }: { after: string | null; locale: Locale }
): Promise<Result<PointsView>> {
	const who = clientOf(scope);
	if (!who) return refuse('not_found');
	// What others took is nobody's business, only what is left of it.
	const house = ofHouse(scope);
	const [taken, codes] = await read(services, house, (tx) =>
		Promise.all([countTaken(tx, house), countFreeCodes(tx, house)])
	);
	return read(services, scope, async (tx) => {
		const programme = await findLiveProgramme(tx, scope);
		if (!programme) return refuse('not_found');
		const { terms, lastEarnOn, lastSpendOn } = programme;
		const supplier = await getSupplier(tx, scope);
		const today = civilDateIn(services.clock.now(), supplier.timeZone);
		const [found, offers, expiring, own, acceptance, beats, pendingFrom] = await Promise.all([
			accountToday(tx, scope, who.clientId, { tiers: terms.tiers, today }),
			listTierOffers(tx, scope),
			listExpiring(tx, scope, who.clientId, today),
			listTaken(tx, scope, who.clientId),
			findPointsAcceptance(tx, scope, who.clientId),
			listBeats(tx, scope, who.clientId, BEATS_SHOWN),
			nextFinalOn(tx, scope, who.clientId)
		]);
		const account = found ?? NOTHING_YET;
		const canEarn = earnsOn(programme, today);
		const card = cardOf(account, { programme, today, offers, locale });
		const streak = canEarn ? terms.earning.streak : null;
		return done({
			...card,
			programme: inWords(terms.name, locale),
			slug: supplier.slug,
			version: programme.version,
			earnedInYear: account.earnedInYear,
			tiers: terms.tiers.map((tier, position) => ({
				position,
				name: inWords(tier.name, locale),
				threshold: tier.threshold,
				isHere: position === card.tier,
				benefits: benefitsOf(position, { terms, offers, locale })
			})),
			strip: stripOf(beats, (await countInvoices(tx, scope, { today, status: 'open' })) > 0),
			streak: streak && {
				count: Math.min(account.streak, streak.invoices - 1),
				of: streak.invoices,
				missing: missingInSeries(account, streak.invoices),
				points: streak.points
			},
			inARow: streak ? 0 : inARow(beats),
			pendingFrom,
			history: await historyOf(tx, scope, who, { after, locale, supplier: supplier.name }),
			expiring,
			expiryText: terms.expiry ? (expiry(terms, { locale })[0] ?? null) : null,
			credit: await creditOf(tx, scope, { programme, account, today }),
			rewards: rewardsOf(programme, { account, card, today, taken, codes, locale }),
			taken: own.map((one) => takenView(one, { locale, timeZone: supplier.timeZone })),
			isAccepted: acceptance !== null,
			isFrozen: account.frozenAt !== null,
			frozenReason: account.frozenReason,
			end: lastEarnOn && lastSpendOn ? { lastEarnOn, lastSpendOn } : null,
			canEarn
		});
	});
}

function takenView(
	{ redemptionId, name, points, state, code, createdAt, settledAt, note }: TakenRow,
	{ locale, timeZone }: { locale: Locale; timeZone: string }
): TakenView {
	const isRefused = state === 'canceled';
	return {
		redemptionId,
		name: name ? inWords(name, locale) : '',
		points,
		state,
		code: isRefused ? null : code,
		takenOn: civilDateIn(createdAt, timeZone),
		refused: isRefused && settledAt ? { on: civilDateIn(settledAt, timeZone), reason: note ?? '' } : null
	};
}

async function historyOf(
	tx: Tx,
	scope: Scope,
	{ clientId }: Who,
	{ after, ...words }: { after: string | null; locale: Locale; supplier: string }
): Promise<PointsView['history']> {
	const { rows, next, isFirst } = await pageOf(
		{ after, size: LINES_SHOWN },
		(ask) => listHistory(tx, scope, clientId, ask),
		(row) => row.lineId
	);
	const lines = rows.map((row) => historyLine(row, words));
	const months = [...Map.groupBy(lines, (line) => line.happenedOn.slice(0, 7))];
	const sums = months.length
		? await sumMonths(tx, scope, clientId, {
				from: required(months.at(-1), 'month')[0],
				to: required(months[0], 'month')[0]
			})
		: new Map<string, number>();
	return { months: months.map(([month, of]) => monthOf(month, of, sums.get(month) ?? 0, words.locale)), next, isFirst };
}
function monthOf(month: string, lines: HistoryLine[], points: number, locale: Locale): HistoryMonth {
	const title = new Intl.DateTimeFormat(locale === 'fr' ? 'fr-FR' : 'en-GB', {
		timeZone: 'UTC',
		month: 'long',
		year: 'numeric'
	}).format(Date.parse(`${month}-01T00:00:00Z`));
	return { month, title: title.charAt(0).toUpperCase() + title.slice(1), points, lines };
}
/** Every line, newest first, some at a time: for a spreadsheet. */
export async function* exportHistory(services: Services, scope: Scope, locale: Locale): AsyncGenerator<HistoryLine[]> {
	const who = clientOf(scope);
	if (!who) return;
	for (let after: string | null = null; ;) {
		const rows = await read(services, scope, async (tx) => {
			const { name } = await getSupplier(tx, scope);
			const found = await listHistory(tx, scope, who.clientId, { after, limit: 200 });
			return found.map((row) => historyLine(row, { supplier: name, locale }));
		});
		if (rows.length) yield rows;
		const last = rows.at(-1);
		if (!last || rows.length < 200) return;
		after = last.lineId;
	}
}
