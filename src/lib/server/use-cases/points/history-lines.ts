// What each line of a client's points says, in plain words: what happened to which invoice, and what it did to the points.
import { m } from '#lib/paraglide/messages.js';
import type { HistoryLine } from '../../../contract/point-views.ts';
import { daysBetween, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import { formatDay } from '../../../domain/calendar/format.ts';
import { formatMoney, type Locale } from '../../../domain/money/format.ts';
import { finalDay } from '../../../domain/points/final-day.ts';
import { ofName } from '../../../i18n/of-name.ts';
import { formatPoints, inWords } from '../../../i18n/points.ts';
import type { HistoryRow } from '../../store/points-history.ts';

type Award = NonNullable<HistoryRow['award']>;
type Told = { title: string; notes: string[] };
const PLAN = ['plan_2', 'plan_3', 'next_part', 'all_parts'];
/** "25 novembre": the year stands over the month. */
const dayOf = (date: CivilDate, locale: Locale): string => formatDay(date, locale).replace(/ \d{4}$/, '');

export function historyLine(row: HistoryRow, { supplier, locale }: { supplier: string; locale: Locale }): HistoryLine {
	const { title, notes } = told(row, supplier, locale);
	const invoice = invoiceOf(row);
	return {
		lineId: row.lineId,
		happenedOn: row.happenedOn,
		title,
		note: [...daysOf(row, locale), ...notes].join(', '),
		points: row.points,
		pendingPoints: row.pendingPoints,
		invoiceId: invoice?.invoiceId ?? null,
		number: invoice?.number ?? null
	};
}

/** What the line is about: the invoice that was paid, or that points were used on; of a reward or a correction there is none. */
export const invoiceOf = ({ award, redemption }: Pick<HistoryRow, 'award' | 'redemption'>) =>
	award ?? redemption?.invoice ?? null;

/** The day of the act; where the points came later, that day too: the line stands in its month. */
function daysOf({ kind, happenedOn, award }: HistoryRow, locale: Locale): string[] {
	const day = dayOf(happenedOn, locale);
	// What the schedule orders ahead of its day is of that day: nothing is said to have happened on a day to come.
	if (kind !== 'earned' || !award || award.actedOn >= happenedOn) return [day];
	const isSameYear = award.actedOn.slice(0, 4) === happenedOn.slice(0, 4);
	const act = isSameYear ? dayOf(award.actedOn, locale) : formatDay(award.actedOn, locale);
	return [act, m.points_line_final({ date: day }, { locale })];
}

function told(
	{ kind, award, redemption, reason, until, points, pendingPoints }: HistoryRow,
	supplier: string,
	locale: Locale
): Told {
	const say = { locale };
	switch (kind) {
		case 'adjusted':
			return { title: m.points_line_adjusted({ of: ofName(supplier, locale) }, say), notes: reason ? [reason] : [] };
		case 'spent':
		case 'given_back':
			return ofRedemption(kind, redemption, { until, supplier, locale });
		case 'expired':
			return {
				title: m.points_line_expired({}, say),
				notes: award ? [m.points_line_earned_with({ number: award.number }, say)] : []
			};
		case 'reversed':
			// What came on top of a payment is told by its own name: two lines of one payment are not alike.
			if (award && award.kind !== 'payment')
				return { title: bonusTitle(award, locale), notes: [m.points_line_bonus_reversed_why({}, say)] };
			return {
				title: award ? m.points_line_reversed({ number: award.number }, say) : m.points_line_taken_back({}, say),
				notes: [m.points_line_reversed_why({}, say)]
			};
		default:
			return award
				? ofAward(award, { isPending: pendingPoints > 0, earned: kind === 'earned' ? points : null, locale })
				: nothing;
	}
}
const nothing: Told = { title: '', notes: [] };

function ofRedemption(
	kind: 'spent' | 'given_back',
	redemption: HistoryRow['redemption'],
	{ until, supplier, locale }: { until: CivilDate | null; supplier: string; locale: Locale }
): Told {
	const say = { locale };
	const later = until ? [m.points_line_until({ date: formatDay(until, locale) }, say)] : [];
	// What had expired comes back when its money does: the line beside it takes it.
	if (!redemption)
		return { title: (kind === 'spent' ? m.points_line_taken_back : m.points_line_unexpired)({}, say), notes: [] };
	const { name, invoice, valueMinor, note } = redemption;
	if (name) {
		const reward = { name: inWords(name, locale) };
		if (kind === 'spent') return { title: m.points_line_reward(reward, say), notes: [] };
		const why = note ? [m.points_line_reason({ supplier, reason: note }, say)] : [];
		return { title: m.points_line_reward_back(reward, say), notes: [...later, ...why] };
	}
	return {
		title: (kind === 'spent' ? m.points_line_used : m.points_line_given_back)({ numbers: invoice?.number ?? '' }, say),
		notes:
			kind === 'given_back'
				? [m.points_line_given_back_why({}, say), ...later]
				: valueMinor === null
					? []
					: [m.points_line_less({ amount: formatMoney(valueMinor, 'EUR', locale) }, say)]
	};
}

/** `earned`: by this line; null when it is another. */
type Stage = { isPending: boolean; earned: number | null; locale: Locale };
function ofAward(award: Award, { isPending, earned, locale }: Stage): Told {
	const say = { locale };
	const standing = earned !== null && earned < award.points ? [m.points_line_standing({}, say)] : [];
	if (award.kind !== 'payment')
		return {
			title: bonusTitle(award, locale),
			notes: isPending ? pendingNotes(award, isPending, locale) : earned === null ? whyNoBonus(award, locale) : standing
		};
	if (isPending && award.status === 'processing')
		return { title: m.points_line_debit({ number: award.number }, say), notes: pendingNotes(award, isPending, locale) };
	const title = paidTitle(award, locale);
	if (isPending) return { title, notes: pendingNotes(award, isPending, locale) };
	if (award.verdict === 'late') return { title, notes: [m.points_line_late_why({}, say)] };
	if (award.verdict === 'neutral') return { title, notes: [m.points_line_neutral_why({}, say)] };
	if (earned === null && award.points === 0) return { title, notes: [m.points_line_none_why({}, say)] };
	if (earned === null)
		return cameBack(award)
			? { title: m.points_line_reversed({ number: award.number }, say), notes: [m.points_line_returned_why({}, say)] }
			: { title: m.points_line_failed({ number: award.number }, say), notes: [m.points_line_failed_why({}, say)] };
	return { title, notes: standing.length ? standing : partsOf(award, locale) };
}
/** Its money had come, and went back before its points did. */
const cameBack = ({ status }: Award): boolean => status === 'paid';
function bonusTitle({ kind, number }: Award, locale: Locale): string {
	const say = { locale };
	if (kind === 'streak') return m.points_line_streak({}, say);
	return kind === 'plan' ? m.points_line_plan({ number }, say) : m.points_line_first({}, say);
}
/** What comes on top of a payment, and did not: never a bare zero. */
function whyNoBonus(award: Award, locale: Locale): string[] {
	const say = { locale };
	if (award.points === 0) return [m.points_line_none_why({}, say)];
	return [(cameBack(award) ? m.points_line_bonus_returned_why : m.points_line_bonus_failed_why)({}, say)];
}
function paidTitle({ number, verdict, dueOn, actedOn, option }: Award, locale: Locale): string {
	const say = { locale };
	const early = daysBetween(actedOn, dueOn);
	if (verdict === 'late') return m.points_line_late({ number, count: -early }, say);
	if (PLAN.includes(option)) return m.points_line_part({ number }, say);
	if (early > 0) return m.points_line_early({ number, count: early }, say);
	return (early === 0 && verdict === 'on_time' ? m.points_line_on_day : m.points_line_paid)({ number }, say);
}
/** How an earning is made up, where there is more to it than its base and nothing was cut by a limit. */
function partsOf({ base, early, sepa, points }: Award, locale: Locale): string[] {
	const say = { locale };
	if (base + early + sepa !== points || base === points) return [];
	return [
		new Intl.ListFormat(locale === 'fr' ? 'fr' : 'en-GB').format([
			m.points_line_base({ count: base, points: formatPoints(base, locale) }, say),
			...(early ? [m.points_line_for_early({ points: formatPoints(early, locale) }, say)] : []),
			...(sepa ? [m.points_line_for_sepa({ points: formatPoints(sepa, locale) }, say)] : [])
		])
	];
}
const pendingNotes = ({ status, ...award }: Award, isPending: boolean, locale: Locale): string[] => {
	if (!isPending) return [];
	const say = { locale };
	const on = finalDay(award);
	if (!on) return [m.points_pending_later({}, say)];
	const date = dayOf(on, locale);
	return [(status === 'processing' ? m.points_pending_debit : m.points_pending_on)({ date }, say)];
};
