// Mails about instalment plans: the schedule, what will be taken, what was refused and what to do, and how it ends.
import { m } from '#lib/paraglide/messages.js';
import type { CivilDate } from '../../domain/calendar/civil-date.ts';
import { formatDay } from '../../domain/calendar/format.ts';
import { formatMoney } from '../../domain/money/format.ts';
import type { Minor } from '../../domain/money/minor.ts';
import type { DeclineFamily } from '../../domain/payments/declines.ts';
import { debitDeclineText, declineText } from '../../i18n/declines.ts';
import { ofName } from '../../i18n/of-name.ts';
import { hello, mail, type To } from './invoice-mails.ts';
import type { RenderedMail } from './layout.ts';

type PlanOf = { numbers: string; amountMinor: Minor; currency: string; url: string };
type PartOf = { dueOn: CivilDate; amountMinor: Minor };

export function renderPlanStarted(
	to: To,
	plan: PlanOf & { parts: PartOf[]; methodLabel: string | null; mandate: string | null }
): RenderedMail {
	const say = { locale: to.locale };
	return mail(
		to,
		m.mail_plan_subject({ count: plan.parts.length, numbers: plan.numbers }, say),
		m.mail_plan_preview({ amount: formatMoney(plan.amountMinor, plan.currency, to.locale) }, say),
		[
			hello(to),
			{
				kind: 'text',
				text:
					plan.methodLabel === null
						? m.mail_plan_text_none({ numbers: plan.numbers }, say)
						: m.mail_plan_text({ numbers: plan.numbers, method: plan.methodLabel }, say)
			},
			{
				kind: 'facts',
				rows: [
					...plan.parts.map((part): [string, string] => [
						formatDay(part.dueOn, to.locale),
						formatMoney(part.amountMinor, plan.currency, to.locale)
					]),
					...(plan.mandate ? [[m.mail_debit_mandate({}, say), plan.mandate] as [string, string]] : [])
				]
			},
			{ kind: 'small', text: plan.mandate ? m.mail_plan_rights_debit({}, say) : m.mail_plan_rights({}, say) },
			{ kind: 'button', label: m.mail_plan_button({}, say), url: plan.url }
		]
	);
}

export function renderPartAnnounced(
	to: To,
	part: PlanOf &
		PartOf & { position: number; count: number; methodLabel: string; mandate: string | null; cardEnds: string | null }
): RenderedMail {
	const say = { locale: to.locale };
	const amount = formatMoney(part.amountMinor, part.currency, to.locale);
	const date = formatDay(part.dueOn, to.locale);
	return mail(to, m.mail_part_subject({ amount, date }, say), m.mail_part_preview({ numbers: part.numbers }, say), [
		hello(to),
		{
			kind: 'text',
			text: m.mail_part_text({ amount, date, numbers: part.numbers, position: part.position, count: part.count }, say)
		},
		{
			kind: 'facts',
			rows: [
				[m.paid_with({}, say), part.methodLabel],
				...(part.mandate ? [[m.mail_debit_mandate({}, say), part.mandate] as [string, string]] : []),
				[m.mail_debit_creditor({}, say), to.supplier.legalName]
			]
		},
		...(part.cardEnds
			? [{ kind: 'text' as const, text: m.mail_part_card_ends({ method: part.methodLabel, ends: part.cardEnds }, say) }]
			: []),
		{ kind: 'button', label: m.mail_plan_button({}, say), url: part.url },
		{ kind: 'small', text: m.mail_part_small({}, say) }
	]);
}

export type FailedStep = 'retry' | 'retry_other' | 'authenticate' | 'other_method';
/** `returned`: taken, and sent back by the bank weeks later. `not_tried`: the means of payment can't be charged any more. */
export type WhyFailed = DeclineFamily | 'returned' | 'not_tried';
function whyText(why: WhyFailed, isDebit: boolean, locale: To['locale']): string {
	if (why === 'returned') return m.part_failed_returned({}, { locale });
	if (why === 'not_tried') return m.part_failed_not_tried({}, { locale });
	return isDebit ? debitDeclineText(why, locale) : declineText(why, locale);
}
export function renderPartFailed(
	to: To,
	part: PlanOf &
		PartOf & {
			why: WhyFailed;
			isDebit: boolean;
			step: FailedStep;
			retryOn: CivilDate | null;
			cureEndsOn: CivilDate | null;
		}
): RenderedMail {
	const say = { locale: to.locale };
	const amount = formatMoney(part.amountMinor, part.currency, to.locale);
	const next: Record<FailedStep, () => string> = {
		retry: () => m.part_failed_retry({ date: part.retryOn ? formatDay(part.retryOn, to.locale) : '' }, say),
		retry_other: () => m.part_failed_retry_other({ date: part.retryOn ? formatDay(part.retryOn, to.locale) : '' }, say),
		authenticate: () => m.part_failed_authenticate({}, say),
		other_method: () => m.part_failed_other({}, say)
	};
	return mail(to, m.mail_part_failed_subject({ numbers: part.numbers }, say), m.mail_part_failed_preview({}, say), [
		hello(to),
		{
			kind: 'text',
			text: m.mail_part_failed_text({ amount, date: formatDay(part.dueOn, to.locale), numbers: part.numbers }, say)
		},
		...(part.step === 'authenticate'
			? []
			: [{ kind: 'text' as const, text: whyText(part.why, part.isDebit, to.locale) }]),
		{ kind: 'text', text: next[part.step]() },
		{
			kind: 'button',
			label: part.step === 'authenticate' ? m.mail_part_confirm({}, say) : m.mail_part_pay({ amount }, say),
			url: part.url
		},
		...(part.cureEndsOn
			? [
					{
						kind: 'small' as const,
						text: m.mail_part_cure({ date: formatDay(part.cureEndsOn, to.locale) }, say)
					}
				]
			: [])
	]);
}

/**
 * Told before the next part falls due. `bank`: the card was cancelled, or the mandate revoked; `moved`: the supplier collects through another account at
 * Stripe, where this one is not known; `rights`: whoever gave it may pay for the client no more.
 */
export type WhyLost = 'bank' | 'moved' | 'rights' | 'none';
export function renderMethodLost(to: To, plan: PlanOf & { methodLabel: string; why: WhyLost }): RenderedMail {
	const say = { locale: to.locale };
	const words = { numbers: plan.numbers, method: plan.methodLabel };
	const texts: Record<WhyLost, () => string> = {
		bank: () => m.mail_lost_text(words, say),
		moved: () => m.mail_lost_moved({ ...words, supplier: to.supplier.name }, say),
		rights: () => m.mail_lost_rights(words, say),
		none: () => m.mail_lost_none(words, say)
	};
	return mail(to, m.mail_lost_subject({ numbers: plan.numbers }, say), m.mail_lost_preview({}, say), [
		hello(to),
		{
			kind: 'text',
			text: texts[plan.why]()
		},
		{ kind: 'button', label: m.mail_plan_button({}, say), url: plan.url }
	]);
}

/** A card whose last month is over before a part falls due. */
export function renderMethodEnding(
	to: To,
	part: PlanOf & PartOf & { methodLabel: string; cardEnds: string }
): RenderedMail {
	const say = { locale: to.locale };
	const [amount, date] = [formatMoney(part.amountMinor, part.currency, to.locale), formatDay(part.dueOn, to.locale)];
	const words = { method: part.methodLabel, ends: part.cardEnds, amount, date, numbers: part.numbers };
	return mail(to, m.mail_ending_subject({ numbers: part.numbers }, say), m.mail_ending_preview({ date }, say), [
		hello(to),
		{ kind: 'text', text: m.mail_ending_text(words, say) },
		{ kind: 'button', label: m.mail_ending_button({}, say), url: part.url },
		{ kind: 'small', text: m.mail_ending_small({}, say) }
	]);
}

/** A credit note lowered the parts to come, or was taken back: the schedule as it is now, before anything more is taken. */
/** `parts`: what is still to come, none when the plan is over. */
export function renderPlanLowered(to: To, plan: PlanOf & { parts: PartOf[]; by: 'credit' | 'money' }): RenderedMail {
	const say = { locale: to.locale };
	const isOver = plan.parts.length === 0;
	const words =
		plan.by === 'credit'
			? { subject: m.mail_credited_subject, text: m.mail_credited_text, over: m.mail_credited_over }
			: { subject: m.mail_lowered_subject, text: m.mail_lowered_text, over: m.mail_lowered_over };
	return mail(to, words.subject({ numbers: plan.numbers }, say), m.mail_credited_preview({}, say), [
		hello(to),
		{ kind: 'text', text: (isOver ? words.over : words.text)({ numbers: plan.numbers }, say) },
		...(isOver
			? []
			: [
					{
						kind: 'facts' as const,
						rows: plan.parts.map((part): [string, string] => [
							formatDay(part.dueOn, to.locale),
							formatMoney(part.amountMinor, plan.currency, to.locale)
						])
					}
				]),
		{ kind: 'button', label: m.mail_plan_button({}, say), url: plan.url }
	]);
}

export function renderMoveAsked(to: To, part: PlanOf & PartOf & { toOn: CivilDate }): RenderedMail {
	const say = { locale: to.locale };
	const amount = formatMoney(part.amountMinor, part.currency, to.locale);
	const [date, toDate] = [formatDay(part.dueOn, to.locale), formatDay(part.toOn, to.locale)];
	return mail(to, m.mail_move_subject({ numbers: part.numbers }, say), m.mail_move_preview({ date: toDate }, say), [
		hello(to),
		{
			kind: 'text',
			text: m.mail_move_text({ supplier: to.supplier.name, amount, date, to: toDate, numbers: part.numbers }, say)
		},
		{ kind: 'button', label: m.mail_move_button({}, say), url: part.url },
		{ kind: 'small', text: m.mail_move_small({}, say) }
	]);
}

export function renderPartForgiven(to: To, part: PlanOf & PartOf): RenderedMail {
	const say = { locale: to.locale };
	const amount = formatMoney(part.amountMinor, part.currency, to.locale);
	const date = formatDay(part.dueOn, to.locale);
	return mail(to, m.mail_forgiven_subject({ numbers: part.numbers }, say), m.mail_forgiven_preview({ amount }, say), [
		hello(to),
		{
			kind: 'text',
			text: m.mail_forgiven_text({ supplier: to.supplier.name, amount, date, numbers: part.numbers }, say)
		},
		{ kind: 'button', label: m.mail_plan_button({}, say), url: part.url }
	]);
}

export function renderPlanInDefault(to: To, plan: PlanOf & { restMinor: Minor }): RenderedMail {
	const say = { locale: to.locale };
	const rest = formatMoney(plan.restMinor, plan.currency, to.locale);
	return mail(to, m.mail_default_subject({ numbers: plan.numbers }, say), m.mail_default_preview({ rest }, say), [
		hello(to),
		{ kind: 'text', text: m.mail_default_text({ numbers: plan.numbers }, say) },
		{ kind: 'amount', label: m.amount_left({}, say), text: rest, note: m.mail_default_note({}, say) },
		{ kind: 'button', label: m.mail_invoice_button({}, say), url: plan.url },
		{ kind: 'small', text: m.mail_returned_disagree({}, say) }
	]);
}
/** The same, for the supplier's team. */
export function renderDefaultTold(to: To, plan: PlanOf & { restMinor: Minor; clientName: string }): RenderedMail {
	const say = { locale: to.locale };
	const rest = formatMoney(plan.restMinor, plan.currency, to.locale);
	return mail(to, m.mail_told_subject({ client: plan.clientName }, say), m.mail_default_preview({ rest }, say), [
		hello(to),
		{
			kind: 'text',
			text: m.mail_told_text({ of: ofName(plan.clientName, to.locale), numbers: plan.numbers, rest }, say)
		},
		{ kind: 'button', label: m.mail_told_button({}, say), url: plan.url }
	]);
}
