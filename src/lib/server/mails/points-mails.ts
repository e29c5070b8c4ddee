// Mails about points: a tier, an end. Who does not want the first two says so with one link.
import { m } from '#lib/paraglide/messages.js';
import type { CivilDate } from '../../domain/calendar/civil-date.ts';
import { formatDay } from '../../domain/calendar/format.ts';
import { ofName } from '../../i18n/of-name.ts';
import { pointsText } from '../../i18n/points-rules.ts';
import { hello, mail, type To } from './invoice-mails.ts';
import type { Block, RenderedMail } from './layout.ts';

type Common = { clientName: string; url: string };
/** `outUrl`: the page on which a person says no; `unsubscribeUrl`: where a mail program says it. */
type WayOut = { outUrl: string; unsubscribeUrl: string };
const wayOut = ({ locale }: To, { outUrl }: WayOut): Block => ({
	kind: 'link',
	label: m.mail_points_out({}, { locale }),
	url: outUrl
});

export function renderTierReached(
	to: To,
	reached: Common &
		WayOut & {
			tier: string;
			earned: number;
			benefits: string[];
			next: { name: string; missing: number } | null;
		}
): RenderedMail {
	const say = { locale: to.locale };
	const { clientName, url, tier } = reached;
	const supplier = to.supplier.name;
	const written = mail(to, m.mail_tier_subject({ tier, supplier }, say), m.mail_tier_preview({ tier }, say), [
		hello(to),
		{
			kind: 'text',
			text: m.mail_tier_text({ client: clientName, tier, points: pointsText(reached.earned, to.locale) }, say)
		},
		{ kind: 'list', title: m.mail_tier_brings({ tier }, say), items: reached.benefits },
		...(reached.next
			? [
					{
						kind: 'text' as const,
						text: m.points_next({ missing: pointsText(reached.next.missing, to.locale), tier: reached.next.name }, say)
					}
				]
			: []),
		{ kind: 'button', label: m.mail_points_button({}, say), url },
		wayOut(to, reached)
	]);
	return { ...written, unsubscribeUrl: reached.unsubscribeUrl };
}

export function renderPointsExpiring(
	to: To,
	{ clientName, url, points, on, balance, ...out }: Common & WayOut & { points: number; on: CivilDate; balance: number }
): RenderedMail {
	const say = { locale: to.locale };
	const count = pointsText(points, to.locale);
	const date = formatDay(on, to.locale);
	const written = mail(
		to,
		m.mail_expiring_subject({ points: count, date, supplier: to.supplier.name }, say),
		m.mail_expiring_preview({}, say),
		[
			hello(to),
			{
				kind: 'amount',
				label: m.mail_expiring_label({ of: ofName(clientName, to.locale) }, say),
				text: count,
				note: m.mail_expiring_on({ date }, say)
			},
			{ kind: 'text', text: m.mail_expiring_text({ balance: pointsText(balance, to.locale) }, say) },
			{ kind: 'button', label: m.mail_points_button({}, say), url },
			wayOut(to, out)
		]
	);
	return { ...written, unsubscribeUrl: out.unsubscribeUrl };
}

/** `until`: the first day on which some of them end. `over`: the programme has ended, and what came back ends with the rest. */
export function renderRewardRefused(
	to: To,
	{
		clientName,
		url,
		reward,
		reason,
		points,
		until,
		over
	}: Common & {
		reward: string;
		reason: string;
		points: number;
		until: CivilDate | null;
		over: { on: CivilDate | null } | null;
	}
): RenderedMail {
	const say = { locale: to.locale };
	const supplier = to.supplier.name;
	const subject = (over ? m.mail_refused_over_subject : m.mail_refused_subject)({ supplier, reward }, say);
	const ended = over?.on
		? m.mail_refused_over_on({ date: formatDay(over.on, to.locale) }, say)
		: m.mail_refused_over({}, say);
	const last = until && !over ? formatDay(until, to.locale) : null;
	return mail(to, subject, m.mail_refused_preview({}, say), [
		hello(to),
		{ kind: 'text', text: m.mail_refused_text({ client: clientName, reward, supplier }, say) },
		{
			kind: 'facts',
			rows: [
				[m.mail_refused_why({}, say), reason],
				[m.mail_refused_back({}, say), pointsText(points, to.locale)],
				...(last ? [[m.mail_refused_until({}, say), last] satisfies [string, string]] : [])
			]
		},
		over ? { kind: 'text', text: ended } : { kind: 'button', label: m.mail_points_button({}, say), url }
	]);
}

/** More than so many sentences are read on the page. */
const CHANGES_SHOWN = 12;
export function renderRulesChanged(
	to: To,
	{
		clientName,
		url,
		version,
		from,
		added,
		gone
	}: Common & { version: number; from: CivilDate; added: string[]; gone: string[] }
): RenderedMail {
	const say = { locale: to.locale };
	const supplier = to.supplier.name;
	const date = formatDay(from, to.locale);
	const few = (all: string[]): string[] =>
		all.length > CHANGES_SHOWN ? [...all.slice(0, CHANGES_SHOWN), m.mail_rules_more({}, say)] : all;
	return mail(to, m.mail_rules_subject({ supplier }, say), m.mail_rules_preview({ date }, say), [
		hello(to),
		{
			kind: 'text',
			text: m.mail_rules_text({ of: ofName(supplier, to.locale), client: clientName, version, date }, say)
		},
		...(added.length ? [{ kind: 'list' as const, title: m.mail_rules_new({}, say), items: few(added) }] : []),
		...(gone.length ? [{ kind: 'list' as const, title: m.mail_rules_gone({}, say), items: few(gone) }] : []),
		{ kind: 'text', text: m.mail_rules_kept({}, say) },
		{ kind: 'button', label: m.mail_rules_button({}, say), url }
	]);
}

export function renderPointsEnding(
	to: To,
	{
		clientName,
		url,
		balance,
		lastEarnOn,
		lastSpendOn
	}: Common & { balance: number; lastEarnOn: CivilDate; lastSpendOn: CivilDate }
): RenderedMail {
	const say = { locale: to.locale };
	const spend = formatDay(lastSpendOn, to.locale);
	return mail(
		to,
		m.mail_points_ending_subject({ supplier: to.supplier.name }, say),
		m.mail_points_ending_preview({ date: spend }, say),
		[
			hello(to),
			{ kind: 'text', text: m.mail_points_ending_text({ supplier: to.supplier.name }, say) },
			{
				kind: 'facts',
				rows: [
					[m.mail_points_ending_balance({ of: ofName(clientName, to.locale) }, say), pointsText(balance, to.locale)],
					[m.mail_points_ending_earn({}, say), formatDay(lastEarnOn, to.locale)],
					[m.mail_points_ending_spend({}, say), spend]
				]
			},
			{ kind: 'text', text: m.mail_points_ending_after({ date: spend }, say) },
			{ kind: 'button', label: m.mail_points_button({}, say), url }
		]
	);
}
