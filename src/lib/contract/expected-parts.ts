// The schedule as the page showed it: sent along, so that no other one is begun than the payer saw.
import type { OptionView } from './views.ts';

/** Day and amount of each instalment, of a plan that would begin; nothing for what is paid at once. */
export const expectedParts = ({ kind, instalments }: Pick<OptionView, 'kind' | 'instalments'>): string[] | undefined =>
	kind === 'plan_2' || kind === 'plan_3'
		? instalments.map(({ dueOn, amountMinor }) => `${dueOn}:${amountMinor}`)
		: undefined;
