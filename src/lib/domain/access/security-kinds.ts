// What a security log tells of: who came in or was kept out, what left the house, what opens doors. The table checks the list: a new kind is a word here and a migration.
export const SECURITY_KINDS = [
	'sign_in',
	'sign_in_failed',
	'sign_in_limited',
	'guessing_alarm',
	'sign_out',
	'session_ended',
	'access_refused',
	'limit_reached',
	'export_taken',
	'api_read',
	'key_created',
	'key_changed',
	'key_revoked',
	'passkey_added',
	'passkey_removed',
	'proof_given',
	'proof_failed',
	'member_added',
	'member_changed',
	'member_removed',
	'contact_added',
	'contact_changed',
	'client_changed',
	'billing_changed',
	'account_changed',
	'rights_changed'
] as const;
export type SecurityKind = (typeof SECURITY_KINDS)[number];

export const SECURITY_ACTORS = ['member', 'contact', 'pay_link', 'api_key', 'system', 'unknown'] as const;
export type SecurityActor = (typeof SECURITY_ACTORS)[number];
