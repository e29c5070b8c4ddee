// A line of a client's points as its supplier reads it: what happened, and to what.
import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '../domain/money/format.ts';
import type { Words } from '../domain/points/programme.ts';

export type PointsLine = {
	kind: 'pending' | 'earned' | 'spent' | 'given_back' | 'expired' | 'reversed' | 'adjusted' | null;
	pendingPoints: number;
	reason: string | null;
	/** `points`: what was judged for it; `status`: of the try that it is of. */
	award: {
		kind: 'payment' | 'streak' | 'plan' | 'first_online';
		verdict: string;
		number: string;
		points: number;
		status: string;
	} | null;
	redemption: { name: Words | null; invoice: { number: string } | null } | null;
};

export function pointsLineText(line: PointsLine, locale: Locale): string {
	return [kindText(line, locale), aboutText(line, locale)].filter(Boolean).join(' · ');
}

function kindText({ kind, pendingPoints, award }: PointsLine, locale: Locale): string {
	const say = { locale };
	switch (kind) {
		case 'earned':
			return m.client_points_kind_earned({}, say);
		case 'pending':
			return m.client_points_kind_pending({}, say);
		case 'spent':
			return m.client_points_kind_spent({}, say);
		case 'given_back':
			return m.client_points_kind_given_back({}, say);
		case 'expired':
			return m.client_points_kind_expired({}, say);
		case 'reversed':
			return m.client_points_kind_reversed({}, say);
		case 'adjusted':
			return m.client_points_kind_adjusted({}, say);
		case null:
			if (pendingPoints > 0) return m.client_points_kind_pending({}, say);
			return award ? nothingText(award, say) : m.client_points_kind_reversed({}, say);
	}
}
/** Why an act brought nothing. */
function nothingText({ verdict, points, status }: NonNullable<PointsLine['award']>, say: { locale: Locale }): string {
	if (verdict === 'neutral') return m.client_points_kind_neutral({}, say);
	if (verdict === 'late') return m.client_points_kind_late({}, say);
	if (points === 0) return m.client_points_kind_none({}, say);
	return (status === 'paid' ? m.client_points_kind_returned : m.client_points_kind_failed)({}, say);
}

function aboutText({ reason, award, redemption }: PointsLine, locale: Locale): string {
	const say = { locale };
	if (reason) return reason;
	if (redemption)
		return redemption.name
			? redemption.name[locale]
			: m.client_points_of_credit({ number: redemption.invoice?.number ?? '' }, say);
	if (!award) return '';
	const invoice = m.client_points_of_invoice({ number: award.number }, say);
	switch (award.kind) {
		case 'payment':
			return invoice;
		case 'streak':
			return `${m.client_points_of_streak({}, say)} · ${invoice}`;
		case 'plan':
			return `${m.client_points_of_plan({}, say)} · ${invoice}`;
		case 'first_online':
			return `${m.client_points_of_first({}, say)} · ${invoice}`;
	}
}
