// Mails to the owners: a door was opened or closed, or money's way was changed. One fact, who did it, and what to do if it was not them.
import { m } from '#lib/paraglide/messages.js';
import { formatInstant } from '../../domain/calendar/format.ts';
import { formatMoney, type Locale } from '../../domain/money/format.ts';
import { minor } from '../../domain/money/minor.ts';
import { ofName } from '../../i18n/of-name.ts';
import { stripeSilence } from '../../i18n/stripe-silence.ts';
import { hello, type To } from './invoice-mails.ts';
import { renderMail, type RenderedMail } from './layout.ts';

export type Notice = {
	action: string;
	detail: Record<string, string>;
	at: Date;
	by: string;
	url: string;
	logUrl: string;
};

const ROLES: Record<string, (say: { locale: Locale }) => string> = {
	owner: (say) => m.role_owner({}, say),
	accountant: (say) => m.role_accountant({}, say),
	read_only: (say) => m.role_read_only({}, say)
};
/** Happened by itself: nobody did it, and nobody has to say that it was not them. */
const BY_ITSELF = new Set([
	'stripe_silent',
	'cards_tested',
	'refund_failed',
	'contacts_by_key',
	'outcome_differs',
	'outcome_under_way',
	'outcome_under_way_twice',
	'heard_refunded',
	'heard_not_refunded',
	'heard_refund_of_another'
]);
/** About money, not about who comes in. */
const OF_MONEY = new Set([
	'stripe_silent',
	'refund_failed',
	'refund_requested',
	'said_paid',
	'said_not_paid',
	'said_paid_instead',
	'said_not_paid_instead',
	'outcome_differs',
	'outcome_under_way',
	'outcome_under_way_twice',
	'said_refunded',
	'said_not_refunded',
	'said_refunded_instead',
	'said_not_refunded_instead',
	'heard_refunded',
	'heard_not_refunded',
	'heard_refund_of_another'
]);
const moneyOf = (amountMinor: string | undefined, currency: string | undefined, locale: Locale): string =>
	formatMoney(minor(BigInt(amountMinor ?? '0')), currency ?? 'EUR', locale);
const of = (person: string | undefined, { locale }: { locale: Locale }): string => ofName(person ?? '', locale);
type Words = (detail: Record<string, string>, say: { locale: Locale }) => string;
const saidOf = ({ receipt, note }: Record<string, string>) => ({ receipt: receipt ?? '', note: note ?? '' });
const aboutAttempt = (
	{ amountMinor, currency, description, account }: Record<string, string>,
	{ locale }: { locale: Locale }
) => ({ amount: moneyOf(amountMinor, currency, locale), invoices: description ?? '', account: account ?? '' });
const WORDS: Record<string, Words> = {
	passkey_added: ({ name, person }, say) => m.notice_passkey_added({ name: name ?? '', person: person ?? '' }, say),
	passkey_removed: ({ name, person }, say) => m.notice_passkey_removed({ name: name ?? '', of: of(person, say) }, say),
	passkey_suspect: ({ name, person }, say) => m.notice_passkey_suspect({ name: name ?? '', of: of(person, say) }, say),
	api_key_created: ({ name }, say) => m.notice_api_key({ name: name ?? '' }, say),
	api_key_revoked: ({ name }, say) => m.notice_api_key_ended({ name: name ?? '' }, say),
	contacts_by_key: ({ name, emails = '', others }, say) =>
		m.notice_contacts_by_key(
			{
				name: name ?? '',
				emails: Number(others) > 0 ? m.notice_contacts_others({ emails, count: others ?? '' }, say) : emails
			},
			say
		),
	loyalty_connected: ({ last }, say) => m.notice_loyalty_connected({ last: last ?? '' }, say),
	loyalty_resumed: (_, say) => m.notice_loyalty_resumed({}, say),
	loyalty_paused: (_, say) => m.notice_loyalty_paused({}, say),
	loyalty_disconnected: (_, say) => m.notice_loyalty_disconnected({}, say),
	payees_accepted: ({ count }, say) => m.notice_payees_accepted({ count: count ?? '' }, say),
	devices_forgotten: ({ person }, say) => m.notice_devices_forgotten({ of: of(person, say) }, say),
	address_changed: ({ person, before, after }, say) =>
		m.notice_address({ of: of(person, say), before: before ?? '', after: after ?? '' }, say),
	payee_changed: ({ before, after }, say) => m.notice_payee({ before: before ?? '', after: after ?? '' }, say),
	identity_changed: ({ before, after }, say) =>
		before === after
			? m.notice_identity({}, say)
			: m.notice_identity_phone({ before: before || '—', after: after || '—' }, say),
	stripe_account_changed: (_, say) => m.notice_stripe_account({}, say),
	stripe_silent: (detail, say) => stripeSilence(detail, say.locale),
	accounts_changed: (_, say) => m.notice_accounts({}, say),
	accountant_rights_changed: (_, say) => m.notice_rights({}, say),
	member_added: ({ person, role }, say) =>
		m.notice_member_added({ person: person ?? '', role: ROLES[role ?? '']?.(say) ?? '' }, say),
	role_changed: ({ person, role }, say) =>
		m.notice_role({ of: of(person, say), role: ROLES[role ?? '']?.(say) ?? '' }, say),
	member_removed: ({ person }, say) => m.notice_member_removed({ person: person ?? '' }, say),
	cards_tested: (_, say) => m.notice_cards_tested({}, say),
	refund_failed: ({ amountMinor, currency, receipt }, say) =>
		m.notice_refund_failed(
			{ amount: formatMoney(minor(BigInt(amountMinor ?? '0')), currency ?? 'EUR', say.locale), receipt: receipt ?? '' },
			say
		),
	said_paid: (detail, say) => m.notice_said_paid({ ...saidOf(detail), ...aboutAttempt(detail, say) }, say),
	said_paid_instead: (detail, say) =>
		m.notice_said_paid_instead({ ...saidOf(detail), ...aboutAttempt(detail, say) }, say),
	said_not_paid: (detail, say) => m.notice_said_not_paid({ ...saidOf(detail), ...aboutAttempt(detail, say) }, say),
	said_not_paid_instead: (detail, say) =>
		m.notice_said_not_paid_instead({ ...saidOf(detail), ...aboutAttempt(detail, say) }, say),
	said_refunded: (detail, say) => m.notice_said_refunded({ ...saidOf(detail), ...aboutAttempt(detail, say) }, say),
	said_refunded_instead: (detail, say) =>
		m.notice_said_refunded({ ...saidOf(detail), ...aboutAttempt(detail, say) }, say),
	said_not_refunded: (detail, say) =>
		m.notice_said_not_refunded({ ...saidOf(detail), ...aboutAttempt(detail, say) }, say),
	said_not_refunded_instead: (detail, say) =>
		m.notice_said_not_refunded({ ...saidOf(detail), ...aboutAttempt(detail, say) }, say),
	heard_refunded: (detail, say) => m.notice_heard_refunded({ ...saidOf(detail), ...aboutAttempt(detail, say) }, say),
	heard_not_refunded: (detail, say) =>
		m.notice_heard_not_refunded({ ...saidOf(detail), ...aboutAttempt(detail, say) }, say),
	heard_refund_of_another: (detail, say) =>
		m.notice_heard_refund_of_another({ ...saidOf(detail), ...aboutAttempt(detail, say) }, say),
	outcome_under_way: (detail, say) => m.notice_outcome_under_way(aboutAttempt(detail, say), say),
	outcome_under_way_twice: (detail, say) => m.notice_outcome_under_way_twice(aboutAttempt(detail, say), say),
	outcome_differs: ({ said, ...detail }, say) => {
		const about = aboutAttempt(detail, say);
		return said === 'paid' ? m.notice_outcome_not_paid(about, say) : m.notice_outcome_paid(about, say);
	},
	refund_requested: ({ amountMinor, currency, receipt }, say) =>
		m.notice_refund(
			{ amount: formatMoney(minor(BigInt(amountMinor ?? '0')), currency ?? 'EUR', say.locale), receipt: receipt ?? '' },
			say
		)
};

/** What nobody of the team did asks for something else than looking for an intruder. */
const ALARMS: Record<string, (say: { locale: Locale }) => string> = {
	cards_tested: (say) => m.notice_cards_tested_next({}, say),
	contacts_by_key: (say) => m.notice_contacts_by_key_next({}, say)
};
const IN_LOG = new Set(['cards_tested']);

/** null for what owners are not told. */
export function renderOwnerNotice(to: To, notice: Notice): RenderedMail | null {
	const say = { locale: to.locale };
	const what = WORDS[notice.action]?.(notice.detail, say);
	if (!what) return null;
	const isAct = !BY_ITSELF.has(notice.action);
	const alarm = ALARMS[notice.action]?.(say);
	return renderMail({
		locale: to.locale,
		subject: (OF_MONEY.has(notice.action) ? m.notice_subject_money : m.notice_subject)(
			{ supplier: to.supplier.name },
			say
		),
		preview: what,
		supplierName: to.supplier.name,
		logo: to.logo,
		brandHue: to.supplier.brandHue,
		blocks: [
			hello(to),
			{ kind: 'text', text: what },
			{
				kind: 'facts',
				rows: [
					...(isAct ? [[m.notice_by({}, say), notice.by] satisfies [string, string]] : []),
					[m.notice_at({}, say), formatInstant(notice.at, to.locale)]
				]
			},
			...(alarm || isAct ? [{ kind: 'text' as const, text: alarm ?? m.notice_if_not({}, say) }] : []),
			IN_LOG.has(notice.action)
				? { kind: 'button', label: m.notice_button_log({}, say), url: notice.logUrl }
				: { kind: 'button', label: m.notice_button({}, say), url: notice.url }
		],
		footer: [m.notice_footer({ supplier: to.supplier.legalName }, say)]
	});
}
