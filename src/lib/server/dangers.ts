// What would be dangerous with real money, in the environment: each by the name of its variable, with its cure. With live keys the process refuses to
// start; with real test keys (where no money moves, often on a laptop) it says so in the log and goes on.

/** What an operator may know better, and says so in PONCTUEL_ACCEPTS. */
export const ACCEPTABLE = ['plain_database', 'plain_mail'] as const;
type Acceptable = (typeof ACCEPTABLE)[number];

type Environment = {
	ORIGIN: string;
	PONCTUEL_ROLE: string;
	PONCTUEL_SECRET: string;
	ADDRESS_HEADER: string;
	DATABASE_URL: string;
	DATABASE_URL_SYSTEM?: string | undefined;
	DATABASE_URL_DIRECT?: string | undefined;
	DATABASE_URL_MIGRATE?: string | undefined;
	SMTP_URL: string;
	STORAGE_ENDPOINT?: string | undefined;
	STORAGE_SECRET_KEY?: string | undefined;
	STRIPE_SECRET_KEY: string;
	STRIPE_PUBLISHABLE_KEY: string;
	STRIPE_WEBHOOK_SECRET: string;
	NODE_TLS_REJECT_UNAUTHORIZED?: string | undefined;
};

export function dangersOf(e: Environment, accepted: readonly Acceptable[]): string[] {
	const dangers: string[] = [];
	if (!e.ORIGIN.startsWith('https:'))
		dangers.push('ORIGIN: clients must come by https, for example https://pay.example.com');
	for (const { name, placeholder, cure } of SECRETS)
		if (placeholder.test(e[name] ?? '')) dangers.push(`${name}: still a placeholder; ${cure}`);
	if (new Set(e.PONCTUEL_SECRET).size < 10)
		dangers.push('PONCTUEL_SECRET: nobody could call this random; put the output of: openssl rand -base64 48');
	if (e.PONCTUEL_ROLE !== 'worker' && !e.ADDRESS_HEADER)
		dangers.push(
			'ADDRESS_HEADER: say where the address of a client stands: the header that your proxy sets (x-forwarded-for, with XFF_DEPTH proxies), or none if clients connect directly'
		);
	for (const name of ['DATABASE_URL', 'DATABASE_URL_SYSTEM', 'DATABASE_URL_DIRECT', 'DATABASE_URL_MIGRATE'] as const)
		if (!accepted.includes('plain_database') && e[name] && !isSafeDatabase(e[name]))
			dangers.push(`${name}: ${PLAIN_DATABASE}`);
	if (!accepted.includes('plain_mail') && !isSafeMail(e.SMTP_URL))
		dangers.push(
			'SMTP_URL: mails with sign-in codes may leave unencrypted; use smtps://, or add ?requireTLS=true, or say PONCTUEL_ACCEPTS=plain_mail'
		);
	if (e.STORAGE_ENDPOINT && !e.STORAGE_ENDPOINT.startsWith('https:') && !isHere(new URL(e.STORAGE_ENDPOINT).hostname))
		dangers.push('STORAGE_ENDPOINT: documents would travel unencrypted; use https://');
	if (e.NODE_TLS_REJECT_UNAUTHORIZED === '0')
		dangers.push(
			'NODE_TLS_REJECT_UNAUTHORIZED: with 0 nobody looks at certificates, not even at Stripe’s; take it out (NODE_EXTRA_CA_CERTS makes one of your own known)'
		);
	return dangers;
}
const PLAIN_DATABASE =
	'the way to the database is not encrypted; add ?sslmode=verify-full (or require), or say PONCTUEL_ACCEPTS=plain_database if nobody else is on that network';

/** The words of .env.example, and their like. */
const A_WORD = /replace|change-?me|example/;
const A_PASSWORD = /:(password|replace|change-?me)@/;
const FROM_STRIPE = 'copy it from the Stripe dashboard, Developers';
const SECRETS = [
	{ name: 'PONCTUEL_SECRET', placeholder: A_WORD, cure: 'put the output of: openssl rand -base64 48' },
	{ name: 'STRIPE_SECRET_KEY', placeholder: A_WORD, cure: FROM_STRIPE },
	{ name: 'STRIPE_PUBLISHABLE_KEY', placeholder: A_WORD, cure: FROM_STRIPE },
	{ name: 'STRIPE_WEBHOOK_SECRET', placeholder: A_WORD, cure: FROM_STRIPE },
	{ name: 'STORAGE_SECRET_KEY', placeholder: A_WORD, cure: 'put the secret key that the storage’s provider gave you' },
	{ name: 'DATABASE_URL', placeholder: A_PASSWORD, cure: 'give the user a password of its own' },
	{ name: 'SMTP_URL', placeholder: A_PASSWORD, cure: 'put the user and password of your mail server' }
] as const;

/** On the same machine nothing travels. */
const isHere = (host: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\]|)$/.test(host);
const parts = (address: string): { host: string; query: URLSearchParams } =>
	// Several hosts in one address are none that URL reads, and never all on this machine.
	URL.canParse(address)
		? { host: new URL(address).hostname, query: new URL(address).searchParams }
		: { host: 'several', query: new URLSearchParams(address.split('?')[1]) };
function isSafeDatabase(address: string): boolean {
	const { host, query } = parts(address);
	// A folder as host is a socket.
	if (isHere(host) || host.startsWith('%2F')) return true;
	const mode = query.get('sslmode') ?? query.get('ssl') ?? '';
	return /^(require|verify-ca|verify-full|true)$/.test(mode) || query.get('sslrootcert') === 'system';
}
function isSafeMail(address: string): boolean {
	const { host, query } = parts(address);
	if (isHere(host)) return true;
	if (query.get('ignoreTLS') === 'true' || query.get('tls.rejectUnauthorized') === 'false') return false;
	return address.startsWith('smtps:') ? query.get('secure') !== 'false' : query.get('requireTLS') === 'true';
}
