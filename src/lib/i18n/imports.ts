// States of an import and outcomes of its lines, in words.
import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '../domain/money/format.ts';

const STATES = {
	receiving: m.import_state_receiving,
	reading: m.import_state_reading,
	ready: m.import_state_ready,
	keeping: m.import_state_keeping,
	done: m.import_state_done,
	undone: m.import_state_undone,
	dropped: m.import_state_dropped
};
const OUTCOMES = {
	new: m.import_new,
	review: m.import_review,
	identical: m.import_identical,
	conflict: m.import_conflict,
	refused: m.import_refused
};
export const stateText = (state: keyof typeof STATES, locale?: Locale): string =>
	STATES[state]({}, locale ? { locale } : {});
export const outcomeText = (outcome: keyof typeof OUTCOMES, locale?: Locale): string =>
	OUTCOMES[outcome]({}, locale ? { locale } : {});
/** Short, for choosing which to show. */
export const outcomeName = (outcome: keyof typeof OUTCOMES): string =>
	outcome === 'conflict' ? m.import_conflict_short() : outcomeText(outcome);
