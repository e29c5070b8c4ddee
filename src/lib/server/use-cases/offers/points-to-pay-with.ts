// What the pay page says of points: what the last payment earned, to anybody who pays; and, to a signed-in person alone, what can be used and what tier that makes.
import { m } from '#lib/paraglide/messages.js';
import type { EarnedView, PointsUseView } from '../../../contract/point-views.ts';
import type { OptionView, PayView } from '../../../contract/views.ts';
import type { CivilDate } from '../../../domain/calendar/civil-date.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import type { Locale } from '../../../domain/money/format.ts';
import { finalDay } from '../../../domain/points/final-day.ts';
import { openInstalments } from '../../../domain/plans/plan.ts';
import { pointsPreview } from '../../../domain/points/preview.ts';
import { inWords } from '../../../i18n/points.ts';
import { refusalText } from '../../../i18n/refusals.ts';
import type { Attempt } from '../../store/attempts.ts';
import type { Tx } from '../../store/database.ts';
import type { Supplier } from '../../store/suppliers.ts';
import type { PlanWithInstalments } from '../../store/plans.ts';
import { findLiveProgramme } from '../../store/points-programme.ts';
import { findPointsAcceptance, listEarned, listTierOffers } from '../../store/points-reading.ts';
import type { Quoted } from './quote-invoices.ts';
import { accountToday } from '../points/account-today.ts';
import { benefitsOf, cardOf } from '../points/read-points.ts';

/** Where something can be earned: of an overdue invoice, or after the last day to earn, no word of points. */
export function pointsNote(
	quoted: Quoted,
	/** Of a plan whose instalments are what is paid. */
	plan: PlanWithInstalments | null,
	{ supplier: { slug }, clientName, locale }: { supplier: Supplier; clientName: string; locale: Locale }
): PayView['words']['pointsNote'] {
	const { quote } = quoted;
	const earns = plan
		? instalmentsEarn(quoted, plan)
		: quote.options.some(({ pointsPreview: foreseen }) => foreseen !== null);
	if (!earns) return null;
	const say = { locale };
	return {
		text: m.points_note({ client: clientName }, say),
		link: m.points_rules_link({}, say),
		url: `/regles/${slug}`
	};
}
const instalmentsEarn = (
	{ loyalty, quote: { today }, input: { invoices } }: Quoted,
	{ instalments, isSettlement }: PlanWithInstalments
) =>
	loyalty !== null &&
	pointsPreview(loyalty, {
		invoices,
		today,
		option: { instalments: openInstalments(instalments), discounts: [], isSettlement, isPlan: true }
	}) !== null;

/** What an attempt earned, of all its invoices; of a pay link, of its own alone, and without what is given for other payments. */
export async function earnedBy(tx: Tx, scope: Scope, attempt: Attempt | null): Promise<EarnedView | null> {
	if (!attempt || !['paid', 'processing'].includes(attempt.status)) return null;
	const awards = (await listEarned(tx, scope, { attemptId: attempt.attemptId })).filter(
		({ kind }) => kind === 'payment' || scope.actor.kind !== 'pay_link'
	);
	const sum = (part: 'earnedPoints' | 'pendingPoints'): number => awards.reduce((all, award) => all + award[part], 0);
	const [points, pending] = [sum('earnedPoints'), sum('pendingPoints')];
	if (points + pending === 0) return null;
	const waiting = awards.find((award) => award.pendingPoints > 0);
	const finalOn = waiting ? finalDay({ ...waiting, expectedOn: attempt.expectedOn }) : null;
	return { points, pending, finalOn, isDebit: attempt.status === 'processing' };
}

/** The tier after a payment, and whether that payment reached it. */
export async function tierAfter(
	tx: Tx,
	scope: Scope,
	earned: EarnedView | null,
	{ today, locale }: { today: CivilDate; locale: Locale }
): Promise<PayView['tierCard']> {
	const { actor } = scope;
	if (!earned || actor.kind !== 'contact') return null;
	const [programme, offers] = await Promise.all([findLiveProgramme(tx, scope), listTierOffers(tx, scope)]);
	if (!programme) return null;
	const { terms } = programme;
	const account = await accountToday(tx, scope, actor.clientId, { tiers: terms.tiers, today });
	if (!account) return null;
	const card = cardOf(account, { programme, today, offers, locale });
	const threshold = terms.tiers[card.tier]?.threshold ?? 0;
	return {
		...card,
		isReached: card.tier > 0 && account.earnedInYear - earned.points < threshold,
		tiers: terms.tiers.map((tier) => ({ name: inWords(tier.name, locale), threshold: tier.threshold })),
		benefits: benefitsOf(card.tier, { terms, offers, locale })
	};
}

/** On one invoice, paid at once, by a signed-in person. */
export async function pointsUse(
	tx: Tx,
	scope: Scope,
	{ quote, loyalty, input }: Quoted,
	options: OptionView[],
	locale: Locale
): Promise<PointsUseView | null> {
	const { actor } = scope;
	if (actor.kind !== 'contact' || !loyalty?.credit || input.invoices.length !== 1) return null;
	const used = options.find((option) => option.pointsUsed)?.pointsUsed ?? null;
	const isUsable = quote.pointsSteps.some((step) => step.missing === 0);
	if (!isUsable && !used && !quote.pointsRefused) return null;
	return {
		steps: isUsable ? quote.pointsSteps : [],
		used,
		refused: quote.pointsRefused ? refusalText({ code: quote.pointsRefused, detail: {} }, locale) : null,
		isAccepted: (await findPointsAcceptance(tx, scope, actor.clientId)) !== null
	};
}
