// The security log in plain words: what happened, and the detail that says which.
import { m } from '#lib/paraglide/messages.js';
import type { SecurityActor, SecurityKind } from '../domain/access/security-kinds.ts';
import type { Locale } from '../domain/money/format.ts';
import { clientKindText } from './client-kinds.ts';

export function securityText(kind: SecurityKind, locale: Locale): string {
	const say = { locale };
	const texts: Record<SecurityKind, () => string> = {
		sign_in: () => m.security_sign_in({}, say),
		sign_in_failed: () => m.security_sign_in_failed({}, say),
		sign_in_limited: () => m.security_sign_in_limited({}, say),
		guessing_alarm: () => m.security_guessing_alarm({}, say),
		sign_out: () => m.security_sign_out({}, say),
		session_ended: () => m.security_session_ended({}, say),
		access_refused: () => m.security_access_refused({}, say),
		limit_reached: () => m.security_limit_reached({}, say),
		export_taken: () => m.security_export_taken({}, say),
		api_read: () => m.security_api_read({}, say),
		key_created: () => m.security_key_created({}, say),
		key_changed: () => m.security_key_changed({}, say),
		key_revoked: () => m.security_key_revoked({}, say),
		passkey_added: () => m.security_passkey_added({}, say),
		passkey_removed: () => m.security_passkey_removed({}, say),
		proof_given: () => m.security_proof_given({}, say),
		proof_failed: () => m.security_proof_failed({}, say),
		member_added: () => m.security_member_added({}, say),
		member_changed: () => m.security_member_changed({}, say),
		member_removed: () => m.security_member_removed({}, say),
		contact_added: () => m.security_contact_added({}, say),
		contact_changed: () => m.security_contact_changed({}, say),
		client_changed: () => m.security_client_changed({}, say),
		billing_changed: () => m.security_billing_changed({}, say),
		account_changed: () => m.security_account_changed({}, say),
		rights_changed: () => m.security_rights_changed({}, say)
	};
	return texts[kind]();
}

/** Who it was, when no name is known any more. */
export function securityActorText(actor: SecurityActor, locale: Locale): string {
	const say = { locale };
	const texts: Record<SecurityActor, () => string> = {
		member: () => m.security_by_member({}, say),
		contact: () => m.security_by_contact({}, say),
		pay_link: () => m.security_by_pay_link({}, say),
		api_key: () => m.security_by_api_key({}, say),
		system: () => m.security_by_system({}, say),
		unknown: () => m.security_by_unknown({}, say)
	};
	return texts[actor]();
}

type Say = { locale: Locale };
type Word = (value: string, say: Say) => string | null;
const VALUES: Record<string, (say: Say) => string> = {
	'means:link': (say) => m.security_means_link({}, say),
	'means:code': (say) => m.security_means_code({}, say),
	'means:passkey': (say) => m.security_means_passkey({}, say),
	'means:demo': (say) => m.security_means_demo({}, say),
	'where:here': (say) => m.security_where_here({}, say),
	'where:everywhere': (say) => m.security_where_everywhere({}, say),
	'about:person': (say) => m.security_about_person({}, say),
	'about:supplier': (say) => m.security_about_supplier({}, say),
	'about:mails': (say) => m.security_about_mails({}, say),
	'what:identity': (say) => m.security_what_identity({}, say),
	'what:logo': (say) => m.security_what_logo({}, say),
	'more:yes': (say) => m.security_more({}, say)
};
const ROLES: Record<string, (say: Say) => string> = {
	owner: (say) => m.role_owner({}, say),
	accountant: (say) => m.role_accountant({}, say),
	read_only: (say) => m.role_read_only({}, say)
};
const SCOPES: Record<string, (say: Say) => string> = {
	import: (say) => m.api_key_import({}, say),
	read: (say) => m.api_key_read({}, say),
	undo: (say) => m.api_key_undo({}, say)
};
/** By how the limit's name begins: its exact rule is the operator's affair. */
const LIMITS: [RegExp, (say: Say) => string][] = [
	[/^(sign_in|passkey)/, (say) => m.security_limit_sign_in({}, say)],
	[/^(payment|try_)/, (say) => m.security_limit_payment({}, say)],
	[/^pay_link/, (say) => m.security_limit_link({}, say)],
	[/^api/, (say) => m.security_limit_api({}, say)],
	[/^live/, (say) => m.security_limit_live({}, say)]
];
const right =
	(name: (say: Say) => string): Word =>
	(value, say) =>
		m.security_pair({ name: name(say), value: value === 'true' ? m.yes({}, say) : m.no({}, say) }, say);
const kindWord = (value: string, { locale }: Say): string =>
	value === 'business' || value === 'consumer' ? clientKindText(value, locale) : clientKindText('unknown', locale);
const asIs: Word = (value) => value;
/** In the order of reading. What is for programs only (`method`, `code`, ids) has no word, and is not shown. */
const DETAILS: [string, Word][] = [
	['client', asIs],
	['person', asIs],
	['email', asIs],
	['name', asIs],
	['file', asIs],
	['path', asIs],
	// /(admin)/admin/factures/[id]: as the address bar shows it.
	['route', (value) => value.replace(/\/\([^)]*\)/g, '').replace(/\[[^\]]*\]/g, '…') || '/'],
	['role', (value, say) => ROLES[value]?.(say) ?? value],
	[
		'before',
		(value, say) => m.security_pair({ name: m.security_before({}, say), value: ROLES[value]?.(say) ?? value }, say)
	],
	[
		'kindBefore',
		(value, say) => m.security_pair({ name: m.security_before({}, say), value: kindWord(value, say) }, say)
	],
	['kindAfter', (value, say) => m.security_pair({ name: m.security_after({}, say), value: kindWord(value, say) }, say)],
	['after', (value, say) => m.security_pair({ name: m.security_after({}, say), value }, say)],
	[
		'scopes',
		(value, say) =>
			value
				.split(' ')
				.map((scope) => SCOPES[scope]?.(say) ?? scope)
				.join(', ')
	],
	['receives', right((say) => m.right_receives({}, say))],
	['sees', right((say) => m.right_sees({}, say))],
	['pays', right((say) => m.right_pays({}, say))],
	['refund', right((say) => m.accountants_may_refund({}, say))],
	['publish', right((say) => m.accountants_may_publish({}, say))],
	['limit', (value, say) => LIMITS.find(([name]) => name.test(value))?.[1](say) ?? null]
];

/** The detail in words: what it was about, then by which means. */
export function securityDetailText(detail: Record<string, string>, locale: Locale): string {
	const say = { locale };
	const about = DETAILS.map(([name, word]) => (detail[name] ? word(detail[name], say) : null));
	const how = Object.entries(detail).map(([name, value]) => VALUES[`${name}:${value}`]?.(say));
	return [...about, ...how].filter(Boolean).join(' · ');
}
