// A good end in words: what happened, and what follows.
import { m } from '#lib/paraglide/messages.js';
import type { EndView, PayView, PlanView } from '../contract/views.ts';
import { daysBetween, type CivilDate } from '../domain/calendar/civil-date.ts';
import { formatDay } from '../domain/calendar/format.ts';
import { isSettled } from '../domain/invoices/state.ts';
import { formatMoney, type Locale } from '../domain/money/format.ts';
import type { Minor } from '../domain/money/minor.ts';
import { isRunning } from '../domain/plans/plan-states.ts';
import { nextInstalment } from '../domain/plans/plan.ts';
import { runsByItself } from '../domain/plans/runs-by-itself.ts';

type Ended = Pick<PayView, 'invoices' | 'payments' | 'discounts' | 'plan' | 'attempt' | 'amountMinor' | 'currency'>;
type Asked = {
	today: CivilDate;
	/** Who gets receipts by e-mail, as far as the reader may know; null: nobody does. */
	receiptTo: string[] | null;
	locale: Locale;
};

/** null while something is asked of the payer, and of what was closed without a payment of its own. */
export function endOf(view: Ended, { today, receiptTo, locale }: Asked): EndView | null {
	const say = { locale };
	const money = (amount: Minor): string => formatMoney(amount, view.currency, locale);
	const [single, another] = view.invoices;
	const follows = receiptSteps(view, { today, receiptTo, locale });
	if (single && !another && single.state === 'paid')
		return { kind: 'paid', title: m.paid_title({}, say), text: paidText(view, say), steps: follows };
	if (view.plan && isRunning(view.plan))
		return runsByItself(view.plan, today) ? planEnd(view.plan, view.currency, locale) : null;
	if (view.amountMinor !== 0n) return null;
	const { attempt } = view;
	if (attempt?.status === 'processing') {
		const amount = money(attempt.amountMinor);
		const date = attempt.expectedOn && formatDay(attempt.expectedOn, locale);
		return {
			kind: 'under_way',
			title: m.debit_under_way_title({}, say),
			text: m.debit_nothing_to_do({ amount }, say),
			steps: [
				{ state: 'done', title: m.step_debit_ordered({}, say), text: '' },
				{ state: 'now', title: m.step_debit_at_bank({}, say), text: date ? m.step_debit_by({ date }, say) : '' },
				{ state: 'to_come', title: m.step_debit_done({}, say), text: m.step_debit_receipt({}, say) }
			]
		};
	}
	if (!another) return null;
	const count = view.invoices.length;
	if (view.invoices.every((invoice) => invoice.state === 'paid')) {
		// One payment made the whole of them: then its sum is told. With a discount, instalments or transfers, each receipt tells its own.
		const whole = view.invoices.reduce((sum, invoice) => sum + invoice.grossMinor, 0n);
		const together = view.payments.find((payment) => payment.amountMinor === whole);
		const text = together
			? m.paid_together({ count, amount: money(together.amountMinor) }, say)
			: m.paid_all({ count }, say);
		return { kind: 'paid', title: m.paid_title({}, say), text, steps: follows };
	}
	// Some by credit notes: nobody is thanked for these.
	return view.invoices.every((invoice) => isSettled(invoice.state))
		? { kind: 'settled', title: m.settled_all({}, say), text: null, steps: [] }
		: null;
}

/** How early the last payment came, where it came early. */
function paidText({ invoices, payments }: Ended, say: { locale: Locale }): string {
	const [invoice] = invoices;
	const number = invoice?.number ?? '';
	const [last] = payments.filter((payment) => payment.reversedMinor < payment.amountMinor);
	const days = invoice && last && !invoice.dueIsDefault ? daysBetween(last.paidOn, invoice.dueOn) : 0;
	return days > 0 ? m.paid_early_by({ number, count: days }, say) : m.paid_text({ number }, say);
}

function planEnd(plan: PlanView, currency: string, locale: Locale): EndView | null {
	const say = { locale };
	const money = (amount: Minor): string => formatMoney(amount, currency, locale);
	const next = nextInstalment(plan.instalments);
	if (!next) return null;
	const received = plan.instalments.filter(({ status }) => status === 'paid');
	const last = received.at(-1);
	const underWay = plan.instalments.find(({ status }) => status === 'processing');
	const title = underWay
		? m.plan_part_under_way({ amount: money(underWay.amountMinor) }, say)
		: last
			? m.plan_parts_received({ count: received.length, of: plan.count, amount: money(last.amountMinor) }, say)
			: m.plan_accepted({}, say);
	const taken = { amount: money(next.amountMinor), date: formatDay(next.dueOn, locale) };
	const text = plan.cardEndsBefore ? m.plan_next_taken(taken, say) : m.plan_next_by_itself(taken, say);
	return { kind: 'plan', title, text, steps: [] };
}

/** On the day of the payment: later, they are no news. */
function receiptSteps({ payments, discounts, currency }: Ended, { today, receiptTo, locale }: Asked): EndView['steps'] {
	const say = { locale };
	const isNew = payments.some(({ paidOn, reversedMinor }) => paidOn === today && reversedMinor === 0n);
	if (!isNew) return [];
	const steps: EndView['steps'] = [];
	if (receiptTo)
		steps.push({
			state: 'done',
			title: m.step_receipt({}, say),
			text: receiptTo.length
				? m.step_receipt_to({ addresses: receiptTo.join(', ') }, say)
				: m.step_receipt_by_mail({}, say)
		});
	for (const { kind, documentNumber, amountMinor } of discounts)
		if (kind === 'granted' && documentNumber)
			steps.push({
				state: 'done',
				title: m.step_credit_note({ amount: formatMoney(amountMinor, currency, locale) }, say),
				text: m.step_credit_note_for({ number: documentNumber }, say)
			});
	steps.push({ state: 'done', title: m.step_nothing_left({}, say), text: m.step_nothing_left_text({}, say) });
	return steps;
}
