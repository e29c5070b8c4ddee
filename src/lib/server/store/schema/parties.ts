// Suppliers, their members, their clients and the clients' contacts.
import { sql } from 'drizzle-orm';
import {
	boolean,
	check,
	foreignKey,
	index,
	integer,
	jsonb,
	pgTable,
	primaryKey,
	text,
	unique,
	uniqueIndex,
	type AnyPgColumn,
	type PgTableExtraConfigValue
} from 'drizzle-orm/pg-core';
import type { Account } from '../../../domain/ledger/entries.ts';
import type { ClientKind, ClientKindFrom } from '../../../domain/invoices/client-kind.ts';
import type { LogoType } from '../../../domain/identity/logo.ts';
import type { Locale } from '../../../domain/money/format.ts';
import type { BusinessTerms } from '../../../domain/offers/legal.ts';
import type { Silence } from '../../../domain/payments/silence.ts';
import type { Role } from '../../../domain/access/scope.ts';
import { bytes, choice, id, instant, oneOf, optionalDay, optionalInstant, optionalMoney } from './columns.ts';

/** From an account of the journal to its number in the supplier's books. */
export type AccountNames = Partial<Record<Account, string>>;
export type Address = { lines: string[]; postalCode: string; town: string; country: string };

export const supplier = pgTable(
	'supplier',
	{
		supplierId: id(),
		slug: text().notNull(),
		name: text().notNull(),
		legalName: text().notNull(), // exactly as the bank knows the account holder (verification of payee)
		legalForm: text(), // with the capital, as papers must say it; null: not said
		siren: text(),
		vatNumber: text(),
		address: jsonb().$type<Address>().notNull(),
		contactName: text().notNull(),
		contactEmail: text().notNull(),
		phone: text(), // E.164
		// Today's of those in supplier_logo, with its pixels: every screen keeps the room for it. null: none.
		logoSha256: text(),
		logoWidth: integer(),
		logoHeight: integer(),
		brandHue: integer().notNull(), // OKLCH hue; lightness is ours, so contrast always holds
		iban: text(),
		bic: text(),
		stripeAccount: text(), // connected account; null when the platform's own key is the supplier's
		timeZone: text().notNull(),
		defaultTermsDays: integer().notNull(),
		businessTerms: choice<BusinessTerms>({
			days_60: true,
			days_45_then_end_of_month: true,
			end_of_month_then_days_45: true
		})
			.notNull()
			.default('days_60'), // which lawful cap the contracts of this supplier follow
		planCureDays: integer().notNull().default(8), // after two refusals of a part, before the rest falls due
		lateRateBps: integer(), // agreed late-payment interest a year; null: the statutory rate
		isLargeOnlineSeller: boolean().notNull().default(false),
		accountantsMayRefund: boolean().notNull().default(true), // the owners' choice
		accountantsMayPublish: boolean().notNull().default(true),
		accounts: jsonb().$type<AccountNames>().notNull().default({}), // numbers in the supplier's own chart, where they differ from ours
		createdAt: instant()
	},
	// Typed here: this table and that of its logos name each other.
	(t): PgTableExtraConfigValue[] => [
		primaryKey({ name: 'supplier_pk', columns: [t.supplierId] }),
		unique('supplier_slug_unique').on(t.slug),
		unique('supplier_stripe_account_unique').on(t.stripeAccount),
		oneOf('supplier_business_terms_check', t.businessTerms),
		check('supplier_legal_form_check', sql`length(${t.legalForm}) between 1 and 100`),
		check('supplier_phone_check', sql`${t.phone} ~ '^[+][1-9][0-9]{6,14}$'`),
		foreignKey({
			name: 'supplier_logo_fk',
			columns: [t.supplierId, t.logoSha256, t.logoWidth, t.logoHeight],
			foreignColumns: [supplierLogo.supplierId, supplierLogo.sha256, supplierLogo.width, supplierLogo.height]
		}),
		check('supplier_logo_check', sql`num_nulls(${t.logoSha256}, ${t.logoWidth}, ${t.logoHeight}) in (0, 3)`)
	]
);

/**
 * The supplier's logos: today's, and some that mails already sent still show. Found by the hash of their bytes, which is their address; anybody who has
 * the address may look at them.
 */
export const supplierLogo = pgTable(
	'supplier_logo',
	{
		supplierId: id(),
		sha256: text().notNull(),
		mediaType: choice<LogoType>({ 'image/png': true, 'image/jpeg': true }).notNull(),
		width: integer().notNull(), // pixels
		height: integer().notNull(),
		content: bytes().notNull(),
		createdAt: instant()
	},
	(t) => [
		primaryKey({ name: 'supplier_logo_pk', columns: [t.supplierId, t.sha256] }),
		foreignKey({
			name: 'supplier_logo_supplier_fk',
			columns: [t.supplierId],
			foreignColumns: [supplier.supplierId]
		}),
		unique('supplier_logo_size_unique').on(t.supplierId, t.sha256, t.width, t.height),
		index('supplier_logo_sha256_idx').on(t.sha256),
		oneOf('supplier_logo_media_type_check', t.mediaType),
		check(
			'supplier_logo_size_check',
			sql`least(${t.width}, ${t.height}) >= 32 and greatest(${t.width}, ${t.height}) <= 1024`
		),
		check(
			'supplier_logo_content_check',
			sql`octet_length(${t.content}) <= 204800 and ${t.sha256} = encode(sha256(${t.content}), 'hex')`
		)
	]
);

/**
 * Every account at Stripe that a supplier has, or had: what was asked of one is followed there for as long as money may still come or go. A trigger
 * writes it with `supplier.stripe_account`, whoever changes that.
 */
export const stripeAccount = pgTable(
	'stripe_account',
	{
		supplierId: id(),
		account: text().notNull(), // '' is the platform's own
		sinceAt: instant(),
		untilAt: optionalInstant(), // null: today's
		isMovedAway: boolean().notNull().default(false), // another supplier has it since: of an older version, which allowed that
		silence: choice<Silence>({ key_refused: true, account_refused: true, unreachable: true }), // null: it answers
		silentSince: optionalInstant(),
		askAgainAt: optionalInstant(), // until then nothing is taken of it
		movedAt: optionalInstant(), // when something of ours moved there last, to the hour; null: never (migration 0054)
		confirmedAt: optionalInstant(), // asked once more, and as silent: shown to the owners
		toldAt: optionalInstant(), // the last mail about it
		// The balance beside account 511, as compared last, in euros. Beginning and opening are fixed by the first comparison.
		openedOn: optionalDay(), // movements are looked at from here on
		openingMinor: optionalMoney(), // what lay there before, outside of the books
		outsideMinor: optionalMoney(), // on the account and not in the books: the opening and other programs', less what payouts took of it
		balanceMinor: optionalMoney(), // what Stripe holds, without that
		booksMinor: optionalMoney(), // account 511
		comparedAt: optionalInstant()
	},
	(t) => [
		primaryKey({ name: 'stripe_account_pk', columns: [t.supplierId, t.account] }),
		foreignKey({ name: 'stripe_account_supplier_fk', columns: [t.supplierId], foreignColumns: [supplier.supplierId] }),
		// An account is one supplier's for ever: its events find their way home.
		uniqueIndex('stripe_account_unique')
			.on(t.account)
			.where(sql`${t.account} <> '' and not ${t.isMovedAway}`),
		index('stripe_account_silent_idx')
			.on(t.askAgainAt)
			.where(sql`${t.silence} is not null`),
		index('stripe_account_former_idx')
			.on(t.supplierId)
			.where(sql`${t.untilAt} is not null`),
		// On which something may still move, and those that hold money of ours, or differ.
		index('stripe_account_moved_idx')
			.on(t.movedAt)
			.concurrently()
			.where(sql`${t.movedAt} is not null`),
		index('stripe_account_held_idx')
			.on(t.supplierId)
			.concurrently()
			.where(sql`${t.booksMinor} <> 0 or ${t.balanceMinor} <> ${t.booksMinor}`),
		oneOf('stripe_account_silence_check', t.silence),
		check(
			'stripe_account_silent_check',
			sql`(${t.silence} is null) = (${t.silentSince} is null) and (${t.silence} is null) = (${t.askAgainAt} is null) and (${t.confirmedAt} is null or ${t.silence} is not null)`
		)
	]
);

/** Where something was made at Stripe. null: the platform's own account, or nowhere there. */
export const ofStripeAccount = (
	name: string,
	{ supplierId, stripeAccount: account }: Record<'supplierId' | 'stripeAccount', AnyPgColumn>
) =>
	foreignKey({
		name,
		columns: [supplierId, account],
		foreignColumns: [stripeAccount.supplierId, stripeAccount.account]
	});

export const member = pgTable(
	'member',
	{
		supplierId: id(),
		memberId: id(),
		email: text().notNull(),
		name: text().notNull(),
		role: choice<Role>({ owner: true, accountant: true, read_only: true }).notNull(),
		locale: choice<Locale>({ fr: true, en: true }).notNull(),
		createdAt: instant()
	},
	(t) => [
		primaryKey({ name: 'member_pk', columns: [t.supplierId, t.memberId] }),
		foreignKey({ name: 'member_supplier_fk', columns: [t.supplierId], foreignColumns: [supplier.supplierId] }),
		unique('member_email_unique').on(t.supplierId, t.email),
		oneOf('member_role_check', t.role),
		oneOf('member_locale_check', t.locale)
	]
);

export const client = pgTable(
	'client',
	{
		supplierId: id(),
		clientId: id(),
		kind: choice<ClientKind>({ business: true, consumer: true, unknown: true }).notNull(),
		kindFrom: choice<ClientKindFrom>({ identifier: true, file: true, person: true }), // how that is known; null: it is not
		name: text().notNull(),
		nameKey: text().generatedAlwaysAs(sql`lower(name collate pg_c_utf8)`), // what a file's buyer is compared with; the accents of capitals too
		siren: text(),
		vatNumber: text(),
		locale: choice<Locale>({ fr: true, en: true }).notNull(),
		createdAt: instant()
	},
	(t) => [
		primaryKey({ name: 'client_pk', columns: [t.supplierId, t.clientId] }),
		foreignKey({ name: 'client_supplier_fk', columns: [t.supplierId], foreignColumns: [supplier.supplierId] }),
		// By what a file may name it.
		index('client_siren_idx').on(t.supplierId, t.siren),
		index('client_vat_number_idx').on(t.supplierId, t.vatNumber),
		index('client_name_idx').on(t.supplierId, t.nameKey),
		index('client_order_idx').on(t.supplierId, t.name, t.clientId).concurrently(),
		oneOf('client_kind_check', t.kind),
		oneOf('client_kind_from_words_check', t.kindFrom),
		// Not known is a state of its own; and nobody is a company by a number that is not there.
		check(
			'client_kind_from_check',
			sql`(${t.kind} = 'unknown') = (${t.kindFrom} is null) and (${t.kindFrom} is distinct from 'identifier' or (${t.kind} = 'business' and (${t.siren} is not null or ${t.vatNumber} is not null)))`
		),
		oneOf('client_locale_check', t.locale)
	]
);

export const contact = pgTable(
	'contact',
	{
		supplierId: id(),
		contactId: id(),
		clientId: id(),
		email: text().notNull(),
		name: text().notNull(),
		locale: choice<Locale>({ fr: true, en: true }).notNull(),
		// Three rights, each by itself. No default: whoever makes a contact says what it may.
		isBilling: boolean().notNull(), // receives invoices, pay links, receipts
		hasPortal: boolean().notNull(), // signs in and sees every invoice of the client
		mayPay: boolean().notNull(),
		pointsMails: boolean().notNull().default(true), // told of tiers and of points that expire, until this person says no
		mailProblem: text(), // the words of the server that refused the address, or null
		mailProblemAt: optionalInstant(),
		createdAt: instant()
	},
	(t) => [
		primaryKey({ name: 'contact_pk', columns: [t.supplierId, t.contactId] }),
		foreignKey({
			name: 'contact_client_fk',
			columns: [t.supplierId, t.clientId],
			foreignColumns: [client.supplierId, client.clientId]
		}),
		unique('contact_email_unique').on(t.supplierId, t.clientId, t.email),
		index('contact_email_idx').on(t.supplierId, t.email),
		index('contact_mail_problem_idx')
			.on(t.supplierId, t.mailProblemAt)
			.where(sql`${t.mailProblem} is not null`)
			.concurrently(),
		oneOf('contact_locale_check', t.locale)
	]
);
