// The security log in plain words: what happened, and the detail that says which.
import { m } from '#lib/paraglide/messages.js';
import type { SecurityActor, SecurityKind } from '../domain/access/security-kinds.ts';
import type { Locale } from '../domain/money/format.ts';

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

/** The detail in words where there are words for it, else as it was kept. */
export function securityDetailText(detail: Record<string, string>, locale: Locale): string {
	const say = { locale };
	const words: Record<string, (value: string) => string> = {
		'means:link': () => m.security_means_link({}, say),
		'means:code': () => m.security_means_code({}, say),
		'means:passkey': () => m.security_means_passkey({}, say),
		'means:demo': () => m.security_means_demo({}, say),
		'where:here': () => m.security_where_here({}, say),
		'where:everywhere': () => m.security_where_everywhere({}, say),
		'about:person': () => m.security_about_person({}, say),
		'about:supplier': () => m.security_about_supplier({}, say),
		'about:mails': () => m.security_about_mails({}, say),
		'more:yes': () => m.security_more({}, say)
	};
	return Object.entries(detail)
		.map(([name, value]) => words[`${name}:${value}`]?.(value) ?? value)
		.join(' · ');
}
