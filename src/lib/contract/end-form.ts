// The form that announces the end of the points programme: read, and given back as it was typed.
import { parseCivilDate, type CivilDate } from '../domain/calendar/civil-date.ts';

/** `earliest`: the first days that are far enough, where those typed were not. */
export type EndForm = {
	earnOn: string;
	spendOn: string;
	isConfirmed: boolean;
	earliest?: { earnOn?: string; spendOn?: string };
};

/** `end`: null while a day is missing, is none, or the box is not ticked. */
export function endFormFrom(fields: FormData): {
	typed: EndForm;
	end: { lastEarnOn: CivilDate; lastSpendOn: CivilDate } | null;
} {
	const typed = {
		earnOn: String(fields.get('gagner') ?? ''),
		spendOn: String(fields.get('utiliser') ?? ''),
		isConfirmed: fields.has('compris')
	};
	const [lastEarnOn, lastSpendOn] = [parseCivilDate(typed.earnOn), parseCivilDate(typed.spendOn)];
	return { typed, end: lastEarnOn && lastSpendOn && typed.isConfirmed ? { lastEarnOn, lastSpendOn } : null };
}
