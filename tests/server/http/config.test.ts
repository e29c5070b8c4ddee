// With live keys the process starts only where money is safe; each danger is named with its cure.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readConfig } from '#lib/server/config.ts';

const LIVE = {
	DATABASE_URL: 'postgres://ponctuel:kP8s@db.internal:5432/ponctuel?sslmode=verify-full',
	ORIGIN: 'https://pay.atelier.fr',
	PONCTUEL_SECRET: 'q7Vn2mYt0cXeR5uJ9aLw4sBfZk1hGd8pQ3iTo6N',
	SMTP_URL: 'smtp://user:kP8s@mail.atelier.fr:587?requireTLS=true',
	STRIPE_SECRET_KEY: 'sk_live_51abc',
	STRIPE_PUBLISHABLE_KEY: 'pk_live_51abc',
	STRIPE_WEBHOOK_SECRET: 'whsec_51abc',
	ADDRESS_HEADER: 'x-forwarded-for'
};
const STORAGE = {
	STORAGE_ENDPOINT: 'https://s3.fr-par.scw.cloud/',
	STORAGE_REGION: 'fr-par',
	STORAGE_BUCKET: 'ponctuel-documents',
	STORAGE_ACCESS_KEY: 'SCW5kP8s',
	STORAGE_SECRET_KEY: 'q7Vn2mYt0cXeR5uJ9aLw'
};
const TEST = { ...LIVE, STRIPE_SECRET_KEY: 'sk_test_51abc', STRIPE_PUBLISHABLE_KEY: 'pk_test_51abc' };
const DANGERS: [string, Record<string, string>, RegExp][] = [
	['no https', { ORIGIN: 'http://pay.atelier.fr' }, /ORIGIN: clients must come by https/],
	['no address at all', { ORIGIN: undefined as never }, /ORIGIN: clients must come by https/],
	[
		'the secret of the example',
		{ PONCTUEL_SECRET: 'replace-me-with-48-random-characters-from-openssl' },
		/PONCTUEL_SECRET: still a placeholder.*openssl rand/
	],
	['a secret that nobody could call random', { PONCTUEL_SECRET: 'x'.repeat(48) }, /PONCTUEL_SECRET: nobody/],
	['the Stripe key of the example', { STRIPE_SECRET_KEY: 'sk_live_replace' }, /STRIPE_SECRET_KEY: still a placeholder/],
	[
		'the publishable key of the example',
		{ STRIPE_PUBLISHABLE_KEY: 'pk_live_replace' },
		/STRIPE_PUBLISHABLE_KEY: still/
	],
	['the webhook secret of the example', { STRIPE_WEBHOOK_SECRET: 'whsec_replace' }, /STRIPE_WEBHOOK_SECRET: still/],
	[
		'the database password of the example',
		{ DATABASE_URL: 'postgres://ponctuel:password@127.0.0.1/p' },
		/DATABASE_URL: still/
	],
	['the mail password of the example', { SMTP_URL: 'smtps://user:password@mail.atelier.fr' }, /SMTP_URL: still/],
	['no word on the proxy', { ADDRESS_HEADER: '' }, /ADDRESS_HEADER: say where/],
	[
		'a database in the clear',
		{ DATABASE_URL: 'postgres://u:kP8s@10.0.0.5/p' },
		/DATABASE_URL: the way to the database.*sslmode=verify-full.*PONCTUEL_ACCEPTS/
	],
	[
		'a database that may be in the clear',
		{ DATABASE_URL: 'postgres://u:kP8s@10.0.0.5/p?sslmode=prefer' },
		/DATABASE_URL: the way/
	],
	[
		'a second database login in the clear',
		{ DATABASE_URL_SYSTEM: 'postgres://u:kP8s@10.0.0.5/p' },
		/DATABASE_URL_SYSTEM: the way/
	],
	[
		'the way past a pool in the clear',
		{ DATABASE_URL_DIRECT: 'postgres://u:kP8s@10.0.0.5/p' },
		/DATABASE_URL_DIRECT: the way/
	],
	[
		'a migration’s login in the clear',
		{ DATABASE_URL_MIGRATE: 'postgres://u:kP8s@10.0.0.5/p' },
		/DATABASE_URL_MIGRATE: the way/
	],
	[
		'several hosts in the clear',
		{ DATABASE_URL: 'postgres://u:kP8s@10.0.0.5:5432,10.0.0.6:5432/p' },
		/DATABASE_URL: the way/
	],
	[
		'a mail server in the clear',
		{ SMTP_URL: 'smtp://u:kP8s@mail.atelier.fr:25' },
		/SMTP_URL: mails with sign-in codes.*requireTLS=true/
	],
	[
		'a mail server that is told to forget what it requires',
		{ SMTP_URL: 'smtp://u:kP8s@mail.atelier.fr?requireTLS=true&ignoreTLS=true' },
		/SMTP_URL: mails/
	],
	['smtps in name only', { SMTP_URL: 'smtps://u:kP8s@mail.atelier.fr?secure=false' }, /SMTP_URL: mails/],
	[
		'a storage in the clear',
		{ ...STORAGE, STORAGE_ENDPOINT: 'http://s3.internal:9000' },
		/STORAGE_ENDPOINT: documents would travel unencrypted; use https/
	],
	[
		'the storage key of the example',
		{ ...STORAGE, STORAGE_SECRET_KEY: 'replace' },
		/STORAGE_SECRET_KEY: still a placeholder; put the secret key/
	],
	[
		'certificates that nobody looks at',
		{ NODE_TLS_REJECT_UNAUTHORIZED: '0' },
		/NODE_TLS_REJECT_UNAUTHORIZED: .*take it out/
	],
	[
		'a mail server with any certificate',
		{ SMTP_URL: 'smtps://u:kP8s@mail.atelier.fr?tls.rejectUnauthorized=false' },
		/SMTP_URL: mails/
	]
];

describe('with live keys', () => {
	test('what is safe starts', () => expect(readConfig(LIVE)).toMatchObject({ warnings: [], stripe: { live: true } }));
	test.each(DANGERS)('%s is refused, by name and with a cure', (_name, over, sentence) => {
		expect(() => readConfig({ ...LIVE, ...over })).toThrow(sentence);
		expect(() => readConfig({ ...LIVE, ...over })).toThrow('Environment not usable with live keys');
	});
	test('everything wrong is said at once, and no secret with it', () => {
		const all = { ...LIVE, ORIGIN: 'http://x.fr', ADDRESS_HEADER: '', SMTP_URL: 'smtp://u:kP8s@mail.atelier.fr' };
		try {
			readConfig(all);
			expect.unreachable();
		} catch (error) {
			expect(String(error)).toMatch(/ORIGIN[^]*ADDRESS_HEADER[^]*SMTP_URL/);
			expect(String(error)).not.toMatch(/kP8s|51abc/);
		}
	});
	test('the example as it stands is refused for each of its placeholders', () => {
		const example = Object.fromEntries(
			[...readFileSync('.env.example', 'utf8').matchAll(/^([A-Z_]+)=(.*)$/gm)].map((found) => [found[1]!, found[2]!])
		);
		expect(() => readConfig(example)).toThrow(
			/PONCTUEL_SECRET[^]*STRIPE_SECRET_KEY[^]*STRIPE_PUBLISHABLE_KEY[^]*STRIPE_WEBHOOK_SECRET[^]*DATABASE_URL[^]*SMTP_URL/
		);
	});
	test.each([
		['a database on this machine', { DATABASE_URL: 'postgres://u:kP8s@127.0.0.1/p' }],
		['a database at a socket', { DATABASE_URL: 'postgres://u:kP8s@%2Fvar%2Frun%2Fpostgresql/p' }],
		['a mail server on this machine', { SMTP_URL: 'smtp://127.0.0.1:25' }],
		[
			'a database that the operator answers for',
			{ DATABASE_URL: 'postgres://u:kP8s@db/p', PONCTUEL_ACCEPTS: 'plain_database' }
		],
		[
			'a mail server that the operator answers for',
			{ SMTP_URL: 'smtp://u:kP8s@relay', PONCTUEL_ACCEPTS: 'plain_database, plain_mail' }
		],
		['clients that connect directly', { ADDRESS_HEADER: 'none' }],
		['a worker, whom nobody connects to', { PONCTUEL_ROLE: 'worker', ADDRESS_HEADER: '' }]
	])('%s is fine', (_name, over) => expect(readConfig({ ...LIVE, ...over }).stripe.live).toBe(true));
	test('nobody answers for http or for placeholders, nor for what does not exist', () => {
		for (const PONCTUEL_ACCEPTS of ['http', 'placeholders', 'plain_database,everything'])
			expect(() => readConfig({ ...LIVE, PONCTUEL_ACCEPTS })).toThrow(/PONCTUEL_ACCEPTS/);
	});
});
describe('whatever the keys', () => {
	const SANDBOX = {
		SANDBOX_API_URL: 'http://127.0.0.1:1',
		SANDBOX_JS_URL: 'http://localhost:2',
		SANDBOX_MAILBOX_URL: 'http://127.0.0.1:3',
		SANDBOX_LOYALTY_URL: 'http://127.0.0.1:4'
	};
	const STAND_IN = { STRIPE_SECRET_KEY: 'sk_test_sandbox_x', STRIPE_PUBLISHABLE_KEY: 'pk_test_sandbox_x' };
	test.each([
		['one key live and one of tests', { STRIPE_PUBLISHABLE_KEY: 'pk_test_51abc' }, /different modes/],
		['real keys beside the stand-in', SANDBOX, /a real Stripe key with SANDBOX_API_URL/],
		[
			'one real key beside the stand-in',
			{ ...TEST, ...SANDBOX, STRIPE_SECRET_KEY: 'sk_test_sandbox_x' },
			/a real Stripe/
		],
		['keys of the stand-in without it', STAND_IN, /a sandbox key without/],
		['half a stand-in', { ...STAND_IN, ...SANDBOX, SANDBOX_JS_URL: undefined as never }, /go together/],
		[
			'a short secret',
			{ ...STAND_IN, ...SANDBOX, PONCTUEL_SECRET: 'q7Vn2mYt0cXeR5uJ9aLw4sBfZk1hGd8' },
			/PONCTUEL_SECRET: at least 32/
		]
	])('%s: no start', (_name, over, sentence) => expect(() => readConfig({ ...LIVE, ...over })).toThrow(sentence));
	test('two webhook secrets count while one takes the other’s place', () =>
		expect(readConfig({ ...LIVE, STRIPE_WEBHOOK_SECRET: 'whsec_a1,whsec_b2' }).stripe.webhookSecrets).toEqual([
			'whsec_a1',
			'whsec_b2'
		]));
	test('the stand-in with its own keys starts', () =>
		expect(readConfig({ ...LIVE, ...STAND_IN, ...SANDBOX }).sandbox).not.toBeNull());
});
test('with real test keys the same is a warning: no money moves', () => {
	for (const [, over, sentence] of DANGERS.filter(
		([, given]) => !Object.keys(given).some((name) => name.startsWith('STRIPE'))
	))
		expect(readConfig({ ...TEST, ...over }).warnings.join('\n')).toMatch(sentence);
});
describe('object storage', () => {
	test('is all or nothing: without it documents stay in the database', () => {
		expect(readConfig(LIVE).storage).toBeNull();
		expect(readConfig({ ...LIVE, ...STORAGE }).storage).toEqual({
			endpoint: 'https://s3.fr-par.scw.cloud',
			region: 'fr-par',
			bucket: 'ponctuel-documents',
			accessKey: 'SCW5kP8s',
			secretKey: 'q7Vn2mYt0cXeR5uJ9aLw'
		});
	});
	test.each(Object.keys(STORAGE))('without %s it is refused by that name, with the cure and no secret', (name) => {
		const read = () => readConfig({ ...LIVE, ...STORAGE, [name]: '' });
		expect(read).toThrow(new RegExp(`${name}`));
		expect(() => readConfig({ ...LIVE, ...STORAGE, [name]: undefined })).toThrow(
			new RegExp(`${name} missing.*all five STORAGE_`)
		);
		expect(read).not.toThrow(/q7Vn2mYt0cXe/);
	});
});
