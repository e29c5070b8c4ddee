// Ways in: sign-in links and codes, sessions, passkeys, pay links, API keys. Only hashes of secrets are kept.
import { sql } from 'drizzle-orm';
import {
	bigint,
	boolean,
	check,
	foreignKey,
	index,
	integer,
	jsonb,
	pgTable,
	primaryKey,
	text,
	unique
} from 'drizzle-orm/pg-core';
import type { KeptAct } from '../../../domain/access/fresh-proof.ts';
import type { KeyScope } from '../../../domain/access/scope.ts';
import type { SubjectKind } from '../../../domain/access/subject.ts';
import { bytes, choice, id, instant, oneOf, optionalId, optionalInstant } from './columns.ts';
import { invoice } from './invoices.ts';
import { contact, member, supplier } from './parties.ts';

export type { SubjectKind };
const SUBJECT = () => choice<SubjectKind>({ contact: true, member: true });

/** Somebody typed an address. Same row, same time, known or not: who it is gets looked up later, by the worker. */
export const signInRequest = pgTable(
	'sign_in_request',
	{
		requestId: id(),
		email: text().notNull(),
		browserHash: text().notNull(),
		locale: choice<'fr' | 'en'>({ fr: true, en: true }).notNull(),
		createdAt: instant(),
		handledAt: optionalInstant(),
		tries: integer().notNull().default(0),
		nextTryAt: optionalInstant(), // after a failed sending; null: at once
		guesses: integer().notNull().default(0), // codes tried in that browser: counted here, where known and unknown have the same row
		isKnownBrowser: boolean().notNull().default(false), // somebody has signed in there before
		networkAddress: text(),
		httpRequestId: text()
	},
	(t) => [
		primaryKey({ name: 'sign_in_request_pk', columns: [t.requestId] }),
		index('sign_in_request_browser_idx').on(t.browserHash),
		oneOf('sign_in_request_locale_check', t.locale)
	]
);

export const signIn = pgTable(
	'sign_in',
	{
		supplierId: id(),
		signInId: id(),
		requestId: optionalId(), // who asked for it; a code is tried only in that browser
		isKnownBrowser: boolean().notNull().default(false), // this person has signed in there before
		subjectKind: SUBJECT().notNull(),
		subjectId: id(),
		tokenHash: text().notNull(),
		codeHash: text().notNull(),
		browserHash: text().notNull(),
		failedTries: integer().notNull(),
		createdAt: instant(),
		expiresAt: instant(),
		usedAt: optionalInstant()
	},
	(t) => [
		primaryKey({ name: 'sign_in_pk', columns: [t.supplierId, t.signInId] }),
		foreignKey({ name: 'sign_in_supplier_fk', columns: [t.supplierId], foreignColumns: [supplier.supplierId] }),
		unique('sign_in_token_unique').on(t.tokenHash),
		index('sign_in_request_idx').on(t.requestId),
		oneOf('sign_in_subject_check', t.subjectKind)
	]
);

/**
 * Browsers in which a person has signed in. Strangers who ask in a person's name spend an allowance of their own, not this one
 * (https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies).
 */
export const knownBrowser = pgTable(
	'known_browser',
	{
		supplierId: id(),
		subjectKind: SUBJECT().notNull(),
		subjectId: id(),
		browserHash: text().notNull(),
		firstSignInAt: instant(),
		lastSignInAt: instant()
	},
	(t) => [
		primaryKey({ name: 'known_browser_pk', columns: [t.supplierId, t.subjectId, t.browserHash] }),
		foreignKey({ name: 'known_browser_supplier_fk', columns: [t.supplierId], foreignColumns: [supplier.supplierId] }),
		index('known_browser_hash_idx').on(t.browserHash),
		check('known_browser_subject_check', sql`subject_kind in ('contact', 'member')`)
	]
);

export const session = pgTable(
	'session',
	{
		supplierId: id(),
		sessionHash: text().notNull(),
		subjectKind: SUBJECT().notNull(),
		subjectId: id(),
		sessionId: id().default(sql`gen_random_uuid()`), // what its owner ends it by; opens nothing
		userAgent: text().notNull(),
		address: text(), // where it was last seen from
		createdAt: instant(),
		lastSeenAt: instant().default(sql`now()`),
		expiresAt: instant(), // idle or absolute end, whichever comes first
		provenAt: optionalInstant() // when the person last proved to be there, by the product's clock
	},
	(t) => [
		primaryKey({ name: 'session_pk', columns: [t.supplierId, t.sessionHash] }),
		foreignKey({ name: 'session_supplier_fk', columns: [t.supplierId], foreignColumns: [supplier.supplierId] }),
		unique('session_hash_unique').on(t.sessionHash),
		unique('session_id_unique').on(t.supplierId, t.sessionId),
		index('session_subject_idx').on(t.supplierId, t.subjectId),
		oneOf('session_subject_check', t.subjectKind)
	]
);

/**
 * A form of ours that waits for its person: the session had ended when it came, or a fresh proof was missing. Only that person, in that browser, sees and
 * sends it.
 */
export const keptForm = pgTable(
	'kept_form',
	{
		supplierId: id(),
		formId: id(),
		subjectKind: SUBJECT().notNull(),
		subjectId: id(),
		browserHash: text().notNull(),
		act: choice<KeptAct>({
			refund: true,
			keys: true,
			billing: true,
			rights: true,
			passkey: true,
			import: true,
			contact: true,
			member: true,
			mail: true,
			offer: true,
			part: true,
			outcome: true,
			signed_out: true
		}).notNull(),
		action: text().notNull(), // the path of ours that it goes to
		fields: jsonb().$type<[string, string][]>().notNull(),
		keptAt: instant()
	},
	(t) => [
		primaryKey({ name: 'kept_form_pk', columns: [t.supplierId, t.formId] }),
		foreignKey({ name: 'kept_form_supplier_fk', columns: [t.supplierId], foreignColumns: [supplier.supplierId] }),
		index('kept_form_browser_idx').on(t.browserHash),
		oneOf('kept_form_subject_check', t.subjectKind),
		oneOf('kept_form_act_check', t.act),
		check('kept_form_size_check', sql`length(${t.fields}::text) <= 131072 and length(${t.action}) <= 2048`)
	]
);

/** WebAuthn credentials of members. The public key opens nothing. */
export const passkey = pgTable(
	'passkey',
	{
		supplierId: id(),
		passkeyId: id(),
		memberId: id(),
		credentialId: text().notNull(),
		publicKey: bytes().notNull(), // COSE; no length limit: ML-DSA keys exceed a kilobyte
		signCount: bigint({ mode: 'number' }).notNull(), // 0 for ever is normal for synced passkeys
		transports: jsonb().$type<string[]>().notNull(),
		isSynced: boolean().notNull(),
		name: text().notNull(),
		createdAt: instant(),
		lastUsedAt: optionalInstant()
	},
	(t) => [
		primaryKey({ name: 'passkey_pk', columns: [t.supplierId, t.passkeyId] }),
		// Who is removed signs in with nothing.
		foreignKey({
			name: 'passkey_member_fk',
			columns: [t.supplierId, t.memberId],
			foreignColumns: [member.supplierId, member.memberId]
		}).onDelete('cascade'),
		unique('passkey_credential_unique').on(t.credentialId),
		index('passkey_member_idx').on(t.supplierId, t.memberId),
		check('passkey_name_check', sql`length(${t.name}) between 1 and 80`),
		check('passkey_count_check', sql`${t.signCount} >= 0`)
	]
);

/** Challenges are signed, not stored; what was answered once is remembered until it would have expired. */
export const usedChallenge = pgTable('used_challenge', {
	challengeHash: text().primaryKey(),
	expiresAt: instant()
});

export const payLink = pgTable(
	'pay_link',
	{
		supplierId: id(),
		payLinkId: id(),
		invoiceId: id(),
		contactId: id(),
		tokenHash: text().notNull(),
		createdAt: instant(),
		expiresAt: instant(),
		revokedAt: optionalInstant()
	},
	(t) => [
		primaryKey({ name: 'pay_link_pk', columns: [t.supplierId, t.payLinkId] }),
		foreignKey({
			name: 'pay_link_invoice_fk',
			columns: [t.supplierId, t.invoiceId],
			foreignColumns: [invoice.supplierId, invoice.invoiceId]
		}),
		foreignKey({
			name: 'pay_link_contact_fk',
			columns: [t.supplierId, t.contactId],
			foreignColumns: [contact.supplierId, contact.contactId]
		}),
		unique('pay_link_token_unique').on(t.tokenHash),
		index('pay_link_invoice_idx').on(t.supplierId, t.invoiceId)
	]
);

export const apiKey = pgTable(
	'api_key',
	{
		supplierId: id(),
		apiKeyId: id(),
		name: text().notNull(),
		keyHash: text().notNull(),
		lastFour: text().notNull(),
		scopes: text().array().$type<KeyScope[]>().notNull(),
		addresses: text().array().notNull(), // where it may be used from, as addresses or CIDR blocks; empty: anywhere
		expiresAt: optionalInstant(), // null: never
		lastUsedAt: optionalInstant(), // to some minutes: not written at every call
		lastUsedAddress: text(),
		createdAt: instant(),
		revokedAt: optionalInstant()
	},
	(t) => [
		check(
			'api_key_scopes_check',
			sql`cardinality(${t.scopes}) > 0 and ${t.scopes} <@ array['import', 'read', 'undo', 'points']`
		),
		primaryKey({ name: 'api_key_pk', columns: [t.supplierId, t.apiKeyId] }),
		foreignKey({ name: 'api_key_supplier_fk', columns: [t.supplierId], foreignColumns: [supplier.supplierId] }),
		unique('api_key_hash_unique').on(t.keyHash)
	]
);
