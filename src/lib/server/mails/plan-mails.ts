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
type InstalmentOf = { dueOn: CivilDate; amountMinor: Minor };

export function renderPlanStarted(
	to: To,
	plan: PlanOf & { instalments: InstalmentOf[]; methodLabel: string | null; mandate: string | null }
): RenderedMail {
	const say = { locale: to.locale };
	return mail(
		to,
		m.mail_plan_subject({ count: plan.instalments.length, numbers: plan.numbers }, say),
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
					...plan.instalments.map((due): [string, string] => [
						formatDay(due.dueOn, to.locale),
						formatMoney(due.amountMinor, plan.currency, to.locale)
					]),
					...(plan.mandate ? [[m.mail_debit_mandate({}, say), plan.mandate] as [string, string]] : [])
				]
			},
			{ kind: 'small', text: plan.mandate ? m.mail_plan_rights_debit({}, say) : m.mail_plan_rights({}, say) },
			{ kind: 'button', label: m.mail_plan_button({}, say), url: plan.url }
		]
	);
}

export function renderInstalmentAnnounced(
	to: To,
	due: PlanOf &
		InstalmentOf & {
			position: number;
			count: number;
			methodLabel: string;
			mandate: string | null;
			cardEnds: string | null;
		}
): RenderedMail {
	const say = { locale: to.locale };
	const amount = formatMoney(due.amountMinor, due.currency, to.locale);
	const date = formatDay(due.dueOn, to.locale);
	return mail(to, m.mail_part_subject({ amount, date }, say), m.mail_part_preview({ numbers: due.numbers }, say), [
		hello(to),
		{
			kind: 'text',
			text: m.mail_part_text({ amount, date, numbers: due.numbers, position: due.position, count: due.count }, say)
		},
		{
			kind: 'facts',
			rows: [
				[m.paid_with({}, say), due.methodLabel],
				...(due.mandate ? [[m.mail_debit_mandate({}, say), due.mandate] as [string, string]] : []),
				[m.mail_debit_creditor({}, say), to.supplier.legalName]
			]
		},
		...(due.cardEnds
			? [{ kind: 'text' as const, text: m.mail_part_card_ends({ method: due.methodLabel, ends: due.cardEnds }, say) }]
			: []),
		{ kind: 'button', label: m.mail_plan_button({}, say), url: due.url },
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
export function renderInstalmentFailed(
	to: To,
	due: PlanOf &
		InstalmentOf & {
			why: WhyFailed;
			isDebit: boolean;
			step: FailedStep;
			retryOn: CivilDate | null;
			cureEndsOn: CivilDate | null;
		}
): RenderedMail {
	const say = { locale: to.locale };
	const amount = formatMoney(due.amountMinor, due.currency, to.locale);
	const next: Record<FailedStep, () => string> = {
		retry: () => m.part_failed_retry({ date: due.retryOn ? formatDay(due.retryOn, to.locale) : '' }, say),
		retry_other: () => m.part_failed_retry_other({ date: due.retryOn ? formatDay(due.retryOn, to.locale) : '' }, say),
		authenticate: () => m.part_failed_authenticate({}, say),
		other_method: () => m.part_failed_other({}, say)
	};
	return mail(to, m.mail_part_failed_subject({ numbers: due.numbers }, say), m.mail_part_failed_preview({}, say), [
		hello(to),
		{
			kind: 'text',
			text: m.mail_part_failed_text({ amount, date: formatDay(due.dueOn, to.locale), numbers: due.numbers }, say)
		},
		...(due.step === 'authenticate' ? [] : [{ kind: 'text' as const, text: whyText(due.why, due.isDebit, to.locale) }]),
		{ kind: 'text', text: next[due.step]() },
		{
			kind: 'button',
			label: due.step === 'authenticate' ? m.mail_part_confirm({}, say) : m.mail_part_pay({ amount }, say),
			url: due.url
		},
		...(due.cureEndsOn
			? [
					{
						kind: 'small' as const,
						text: m.mail_part_cure({ date: formatDay(due.cureEndsOn, to.locale) }, say)
					}
				]
			: [])
	]);
}

/**
 * Told before the next instalment falls due. `bank`: the card was cancelled, or the mandate revoked; `moved`: the supplier collects through another account at
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

/** A card whose last month is over before an instalment falls due. */
export function renderMethodEnding(
	to: To,
	due: PlanOf & InstalmentOf & { methodLabel: string; cardEnds: string }
): RenderedMail {
	const say = { locale: to.locale };
	const [amount, date] = [formatMoney(due.amountMinor, due.currency, to.locale), formatDay(due.dueOn, to.locale)];
	const words = { method: due.methodLabel, ends: due.cardEnds, amount, date, numbers: due.numbers };
	return mail(to, m.mail_ending_subject({ numbers: due.numbers }, say), m.mail_ending_preview({ date }, say), [
		hello(to),
		{ kind: 'text', text: m.mail_ending_text(words, say) },
		{ kind: 'button', label: m.mail_ending_button({}, say), url: due.url },
		{ kind: 'small', text: m.mail_ending_small({}, say) }
	]);
}

/** A credit note lowered the instalments to come, or was taken back: the schedule as it is now, before anything more is taken. */
/** `parts`: what is still to come, none when the plan is over. */
export function renderPlanLowered(
	to: To,
	plan: PlanOf & { instalments: InstalmentOf[]; by: 'credit' | 'money' }
): RenderedMail {
	const say = { locale: to.locale };
	const isOver = plan.instalments.length === 0;
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
						rows: plan.instalments.map((due): [string, string] => [
							formatDay(due.dueOn, to.locale),
							formatMoney(due.amountMinor, plan.currency, to.locale)
						])
					}
				]),
		{ kind: 'button', label: m.mail_plan_button({}, say), url: plan.url }
	]);
}

export function renderRescheduleAsked(to: To, due: PlanOf & InstalmentOf & { toOn: CivilDate }): RenderedMail {
	const say = { locale: to.locale };
	const amount = formatMoney(due.amountMinor, due.currency, to.locale);
	const [date, toDate] = [formatDay(due.dueOn, to.locale), formatDay(due.toOn, to.locale)];
	return mail(to, m.mail_move_subject({ numbers: due.numbers }, say), m.mail_move_preview({ date: toDate }, say), [
		hello(to),
		{
			kind: 'text',
			text: m.mail_move_text({ supplier: to.supplier.name, amount, date, to: toDate, numbers: due.numbers }, say)
		},
		{ kind: 'button', label: m.mail_move_button({}, say), url: due.url },
		{ kind: 'small', text: m.mail_move_small({}, say) }
	]);
}

export function renderInstalmentForgiven(to: To, due: PlanOf & InstalmentOf): RenderedMail {
	const say = { locale: to.locale };
	const amount = formatMoney(due.amountMinor, due.currency, to.locale);
	const date = formatDay(due.dueOn, to.locale);
	return mail(to, m.mail_forgiven_subject({ numbers: due.numbers }, say), m.mail_forgiven_preview({ amount }, say), [
		hello(to),
		{
			kind: 'text',
			text: m.mail_forgiven_text({ supplier: to.supplier.name, amount, date, numbers: due.numbers }, say)
		},
		{ kind: 'button', label: m.mail_plan_button({}, say), url: due.url }
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
