// The last settled invoices as a strip: one stroke each, up when it was paid early, down when late; the line is the due day. Pure.
import type { CivilDate } from '../calendar/civil-date.ts';

/** `daysAfter`: the due day, below zero before it. */
export type Beat = { verdict: 'on_time' | 'late' | 'neutral'; daysAfter: number; dueOn: CivilDate; number: string };
/** `height`: in percent of the strip, of which each stroke has half. */
export type Stroke = { kind: 'early' | 'on' | 'late' | 'neutral' | 'open'; height: number };
export type Strip = { strokes: Stroke[]; since: CivilDate; early: number; onDay: number; late: number };

const DAYS_MAX = 45;
const DAYS_MIN = 14;
/** A day early or late is the smallest stroke, the most of the strip the longest. */
export function stripOf(beats: Beat[], hasOpen: boolean): Strip | null {
	const [first] = beats;
	if (!first) return null;
	const most = Math.max(DAYS_MIN, ...beats.map(({ daysAfter }) => Math.min(DAYS_MAX, Math.abs(daysAfter))));
	const kindOf = ({ verdict, daysAfter }: Beat): Stroke['kind'] =>
		verdict === 'on_time' ? (daysAfter < 0 ? 'early' : 'on') : verdict === 'late' ? 'late' : 'neutral';
	const shown = beats.map((beat) => ({
		kind: kindOf(beat),
		height: Math.max(6, Math.round((48 * Math.min(DAYS_MAX, Math.abs(beat.daysAfter))) / most))
	}));
	const count = (kind: string): number => shown.filter((beat) => beat.kind === kind).length;
	return {
		strokes: [...shown, ...(hasOpen ? [{ kind: 'open' as const, height: 0 }] : [])],
		since: first.dueOn,
		early: count('early'),
		onDay: count('on'),
		late: count('late')
	};
}

/** Settled on time since the last late one; contested ones do not count and break nothing. */
export function inARow(beats: Beat[]): number {
	const last = beats.findLastIndex(({ verdict }) => verdict === 'late');
	return beats.slice(last + 1).filter(({ verdict }) => verdict === 'on_time').length;
}
