// Reads and validates the environment once. The only place that touches process.env; every name stands in .env.example.
import * as v from 'valibot';
import { ACCEPTABLE, dangersOf } from './dangers.ts';

const url = (example: string) => v.pipe(v.string(), v.url(`must be a URL, for example ${example}`));
const optionalUrl = (example: string) => v.optional(url(example));
const starts = (pattern: RegExp, example: string) => v.pipe(v.string(), v.regex(pattern, `for example ${example}`));

const databaseUrl = () => starts(/^postgres(ql)?:\/\//, 'postgres://user:password@127.0.0.1:5432/ponctuel');

const Environment = v.object({
	DATABASE_URL: databaseUrl(),
	DATABASE_URL_SYSTEM: v.optional(databaseUrl()),
	DATABASE_URL_DIRECT: v.optional(databaseUrl()),
	DATABASE_URL_MIGRATE: v.optional(databaseUrl()),
	ORIGIN: v.optional(url('https://pay.example.com'), 'http://localhost:3000'),
	PONCTUEL_ROLE: v.optional(v.picklist(['web', 'worker', 'all'], 'web, worker or all'), 'all'),
	PONCTUEL_SECRET: v.pipe(
		v.string(),
		v.minLength(32, 'at least 32 random characters, for example the output of: openssl rand -base64 48')
	),
	SMTP_URL: starts(/^smtps?:\/\//, 'smtp://user:password@mail.example.com:587'),
	MAIL_FROM: v.optional(
		v.pipe(v.string(), v.regex(/^[^\s@<>]+@[^\s@<>]+$/, 'an address, for example paiements@example.com')),
		'paiements@ponctuel.example'
	),
	SECURITY_CONTACT: v.optional(starts(/^(mailto:|https:\/\/)\S+$/, 'mailto:security@example.com')),
	STRIPE_SECRET_KEY: starts(/^(sk|rk)_(test|live)_\w+$/, 'sk_live_…'),
	STRIPE_PUBLISHABLE_KEY: starts(/^pk_(test|live)_\w+$/, 'pk_live_…'),
	STRIPE_WEBHOOK_SECRET: starts(/^whsec_\w+(,whsec_\w+)?$/, 'whsec_…'),
	SANDBOX_API_URL: optionalUrl('http://127.0.0.1:12111'),
	SANDBOX_JS_URL: optionalUrl('http://localhost:12112'),
	SANDBOX_MAILBOX_URL: optionalUrl('http://127.0.0.1:12114'),
	SANDBOX_LOYALTY_URL: optionalUrl('http://127.0.0.1:12115'),
	STORAGE_ENDPOINT: optionalUrl('https://s3.fr-par.scw.cloud'),
	STORAGE_REGION: v.optional(v.pipe(v.string(), v.regex(/^[\w-]+$/, 'as its provider calls it, for example fr-par'))),
	STORAGE_BUCKET: v.optional(
		v.pipe(v.string(), v.regex(/^[\w.-]{3,63}$/, 'the name of a bucket, for example ponctuel-documents'))
	),
	STORAGE_ACCESS_KEY: v.optional(v.string()),
	STORAGE_SECRET_KEY: v.optional(v.string()),
	ADDRESS_HEADER: v.optional(
		v.pipe(v.string(), v.regex(/^[\w-]*$/, 'the name of a header, for example x-forwarded-for, or none')),
		''
	),
	XFF_DEPTH: v.optional(v.pipe(v.string(), v.regex(/^[1-9]\d?$/, 'how many proxies, for example 1')), '1'),
	PONCTUEL_ACCEPTS: v.optional(
		v.pipe(
			v.string(),
			v.transform((text) => text.split(',').flatMap((name) => name.trim() || [])),
			v.array(v.picklist(ACCEPTABLE, `some of ${ACCEPTABLE.join(', ')}, separated by commas`))
		),
		''
	),
	/** Node's own. Read for what it would undo. */
	NODE_TLS_REJECT_UNAUTHORIZED: v.optional(v.string()),
	LOG_LEVEL: v.optional(v.picklist(['trace', 'debug', 'info', 'warn', 'error', 'silent'], 'info'), 'info')
});

export type StorageConfig = { endpoint: string; region: string; bucket: string; accessKey: string; secretKey: string };
export type Config = {
	/**
	 * One login for pages and use cases, one for queues and ways in; `direct`: the second one's address past a pool, null without one. What migrates
	 * (DATABASE_URL_MIGRATE) is the start's business.
	 */
	database: { app: string; system: string; direct: string | null };
	origin: string;
	role: 'web' | 'worker' | 'all';
	secret: string;
	smtpUrl: string;
	mailFrom: string;
	/** Whom /.well-known/security.txt names. */
	securityContact: string;
	logLevel: string;
	/** Who says where a request comes from; null when the connection itself does. */
	proxy: { header: string; depth: number } | null;
	/** What would be refused with live keys, for the log. */
	warnings: string[];
	stripe: { secretKey: string; publishableKey: string; webhookSecrets: string[]; live: boolean };
	/** Where the stand-in of the outside world listens; null when Stripe is real, and then no demo route exists. */
	sandbox: { apiUrl: string; jsUrl: string; mailboxUrl: string; loyaltyUrl: string } | null;
	/** Where documents lie beside the database; null: in it. */
	storage: StorageConfig | null;
	/** Where LoyaltyLion answers. Whether a supplier has it is its own setting. */
	loyalty: { apiUrl: string };
};

/** @throws Error naming each wrong variable with an example; secrets are never echoed. */
export function readConfig(environment: Record<string, string | undefined>): Config {
	const read = v.safeParse(Environment, environment);
	if (!read.success)
		throw new Error(
			`Environment not usable:\n${read.issues.map((issue) => `  ${v.getDotPath(issue)}: ${issue.type === 'object' ? 'missing' : issue.message}`).join('\n')}\nSee .env.example.`
		);
	const e = read.output;
	const { SANDBOX_API_URL: apiUrl, SANDBOX_JS_URL: jsUrl } = e;
	const { SANDBOX_MAILBOX_URL: mailboxUrl, SANDBOX_LOYALTY_URL: loyaltyUrl } = e;
	const sandbox = apiUrl && jsUrl && mailboxUrl && loyaltyUrl ? { apiUrl, jsUrl, mailboxUrl, loyaltyUrl } : null;
	if (!sandbox && (apiUrl || jsUrl || mailboxUrl || loyaltyUrl))
		throw new Error(
			'Environment not usable: SANDBOX_API_URL, SANDBOX_JS_URL, SANDBOX_MAILBOX_URL and SANDBOX_LOYALTY_URL go together.'
		);
	refuseMixedKeys(e.STRIPE_SECRET_KEY, e.STRIPE_PUBLISHABLE_KEY, sandbox !== null);
	const live = e.STRIPE_SECRET_KEY.includes('_live_');
	const dangers = sandbox ? [] : dangersOf(e, e.PONCTUEL_ACCEPTS);
	if (live && dangers.length)
		throw new Error(
			`Environment not usable with live keys:\n${dangers.map((danger) => `  ${danger}`).join('\n')}\nSee .env.example.`
		);
	return {
		database: {
			app: e.DATABASE_URL,
			system: e.DATABASE_URL_SYSTEM ?? e.DATABASE_URL,
			direct: e.DATABASE_URL_DIRECT ?? null
		},
		origin: e.ORIGIN.replace(/\/$/, ''),
		role: e.PONCTUEL_ROLE,
		secret: e.PONCTUEL_SECRET,
		smtpUrl: e.SMTP_URL,
		mailFrom: e.MAIL_FROM,
		securityContact: e.SECURITY_CONTACT ?? `mailto:${e.MAIL_FROM}`,
		logLevel: e.LOG_LEVEL,
		proxy: /^(none)?$/i.test(e.ADDRESS_HEADER)
			? null
			: { header: e.ADDRESS_HEADER.toLowerCase(), depth: Number(e.XFF_DEPTH) },
		warnings: dangers,
		stripe: {
			secretKey: e.STRIPE_SECRET_KEY,
			publishableKey: e.STRIPE_PUBLISHABLE_KEY,
			webhookSecrets: e.STRIPE_WEBHOOK_SECRET.split(','),
			live
		},
		sandbox,
		storage: storageOf(e),
		loyalty: { apiUrl: sandbox?.loyaltyUrl ?? 'https://api.loyaltylion.com' }
	};
}

/** All of it or nothing. */
function storageOf(e: v.InferOutput<typeof Environment>): StorageConfig | null {
	const given = {
		STORAGE_ENDPOINT: e.STORAGE_ENDPOINT,
		STORAGE_REGION: e.STORAGE_REGION,
		STORAGE_BUCKET: e.STORAGE_BUCKET,
		STORAGE_ACCESS_KEY: e.STORAGE_ACCESS_KEY,
		STORAGE_SECRET_KEY: e.STORAGE_SECRET_KEY
	};
	const missing = Object.entries(given).flatMap(([name, value]) => (value ? [] : [name]));
	if (missing.length === Object.keys(given).length) return null;
	if (missing.length)
		throw new Error(
			`Environment not usable: ${missing.join(', ')} missing. Documents go to object storage when all five STORAGE_* are set, and stay in the database when none is.`
		);
	return {
		endpoint: (given.STORAGE_ENDPOINT ?? '').replace(/\/+$/, ''),
		region: given.STORAGE_REGION ?? '',
		bucket: given.STORAGE_BUCKET ?? '',
		accessKey: given.STORAGE_ACCESS_KEY ?? '',
		secretKey: given.STORAGE_SECRET_KEY ?? ''
	};
}

/** Real and sandbox keys can never mix, nor live and test ones. */
function refuseMixedKeys(secret: string, publishable: string, isSandbox: boolean): void {
	const sandboxKeys = [secret, publishable].map((key) => /_test_sandbox/.test(key));
	if (secret.includes('_live_') !== publishable.includes('_live_'))
		throw new Error(
			'Environment not usable: STRIPE_SECRET_KEY and STRIPE_PUBLISHABLE_KEY are of different modes (live and test).'
		);
	if (sandboxKeys.some((is) => is !== isSandbox))
		throw new Error(
			isSandbox
				? 'Environment not usable: a real Stripe key with SANDBOX_API_URL set. The sandbox only takes keys that begin with sk_test_sandbox and pk_test_sandbox.'
				: 'Environment not usable: a sandbox key without SANDBOX_API_URL and the other addresses of the stand-ins.'
		);
}

let current: Config | undefined;
/** The configuration of this process, read on first use (a build has none). */
export const config = (): Config => (current ??= readConfig(process.env));
