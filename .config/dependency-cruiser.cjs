// Who may import whom: docs/house.md, decision 0006. Every arrow here is an error, and tests/tidy plants violations to check the checker.
/** Rooms of use-cases, from the ground up: each knows those before it, and none that comes after. */
const ROOMS = [
	'documents',
	'mails',
	'access',
	'stripe',
	'points',
	'loyalty',
	'offers',
	'plans',
	'invoices',
	'methods',
	'payments',
	'bank',
	'clients',
	'imports',
	'sending',
	'suppliers',
	'demo',
	'upkeep'
];
const USE_CASES = '^src/lib/server/use-cases';
const only = (name, from, to, comment) => ({ name, severity: 'error', comment, from: { path: from }, to });
module.exports = {
	forbidden: [
		only(
			'not-to-unresolvable',
			'.',
			{ couldNotResolve: true, pathNot: '^(\\$app|\\$env|\\$service-worker|virtual:|\\./\\$types)' },
			'a typo in an import must not blind the other rules'
		),
		{ name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
		only(
			'domain-is-pure',
			'^src/lib/domain',
			{
				path: ['^src', '^node_modules', '^(node:)?(fs|path|crypto|net|http)'],
				pathNot: ['^src/lib/domain', 'node_modules/ibantools']
			},
			'rules know no clock, database, framework or Node'
		),
		only('contract-on-domain', '^src/lib/contract', { path: '^src', pathNot: '^src/lib/(contract|domain)' }),
		only('ui-not-server', '^src/lib/(ui|client|i18n)|\\.svelte$', { path: '^src/lib/server' }),
		only(
			'routes-are-thin',
			'^src/routes',
			{ path: '^src/lib/server/(store|gateways|readers|jobs|outbox)' },
			'a route parses, calls one use case, answers'
		),
		only('portal-wall', '^src/routes/\\((pay|portal)\\)', { path: ['^src/routes/\\(admin\\)', '^src/lib/ui/admin'] }),
		only('admin-wall', '^src/routes/\\(admin\\)', {
			path: ['^src/routes/\\((pay|portal)\\)', '^src/lib/ui/(pay|portal)']
		}),
		only('use-cases-know-no-routes', '^src/lib/server', { path: '^src/routes' }),
		...ROOMS.slice(0, -1).map((room, i) =>
			only(
				`${room}-knows-rooms-below`,
				`${USE_CASES}/${room}/`,
				{ path: `${USE_CASES}/(${ROOMS.slice(i + 1).join('|')})/` },
				'rooms of use-cases know each other one way only: what both need moves down'
			)
		),
		only('what-rooms-share-knows-none', `${USE_CASES}/[^/]+$`, { path: `${USE_CASES}/[^/]+/` }),
		only(
			'every-room-has-its-place',
			'^src',
			{ path: `${USE_CASES}/[^/]+/`, pathNot: `${USE_CASES}/(${ROOMS.join('|')})/` },
			'a new room of use-cases is put into the list above'
		),
		only('store-never-knows-why', '^src/lib/server/store', {
			path: '^src/lib/server/(use-cases|gateways|jobs|live|http)'
		}),
		only('gateways-apart', '^src/lib/server/gateways', { path: '^src/lib/server/(use-cases|store|jobs|live|http)' }),
		only(
			'sandbox-outside',
			'^src/sandbox',
			{ path: '^src/lib/server' },
			'the sandbox speaks to the application only over HTTP and SMTP'
		),
		only(
			'chaos-knows-no-product',
			'^src/scripts/chaos',
			{ path: '^src/', pathNot: '^src/scripts' },
			'people, banks and suppliers come over HTTP'
		),
		only(
			'checker-knows-nobody',
			'^src/scripts/chaos/checker',
			{
				path: ['^src/', '^tests/', 'node_modules/'],
				pathNot: ['^src/scripts/chaos/checker', 'node_modules/postgres/']
			},
			'what is wrong in the product or the driver can not be wrong in the same way in what checks them'
		),
		only('app-not-sandbox', '^src/(lib|routes|hooks)', { path: '^src/sandbox' }),
		only(
			'one-home-for-sql',
			'^src',
			{ path: 'node_modules/(drizzle-orm|postgres)/', pathNot: '^$' },
			'SQL lives in the store'
		),
		only('one-home-for-stripe', '^src', { path: 'node_modules/stripe/' }),
		only('one-home-for-stripe-js', '^src', { path: 'node_modules/@stripe/stripe-js' }),
		only('one-home-for-lucia', '^src', { path: 'node_modules/lucia/' }),
		only('one-home-for-webauthn', '^src', { path: 'node_modules/@simplewebauthn/server' }),
		only('one-home-for-webauthn-browser', '^src', { path: 'node_modules/@simplewebauthn/browser' }),
		only('one-home-for-s3', '^src', { path: 'node_modules/aws4fetch' }),
		only('one-home-for-mail', '^src', { path: 'node_modules/nodemailer' }),
		only('no-dev-dependency-at-run-time', '^src/lib/server', {
			dependencyTypes: ['npm-dev'],
			dependencyTypesNot: ['type-only'],
			pathNot: 'node_modules/(@types|@sveltejs/kit)'
		})
	].map((rule) => {
		const homes = {
			'one-home-for-sql': '^src/(lib/server/store|scripts)',
			'one-home-for-stripe': '^src/(lib/server/gateways/stripe|sandbox|scripts)',
			'one-home-for-stripe-js': '^src/(lib/ui/checkout|sandbox)',
			'one-home-for-lucia': '^src/(lib/server/access|app.d.ts)',
			'one-home-for-webauthn': '^src/lib/server/access',
			'one-home-for-webauthn-browser': '^src/lib/client',
			'one-home-for-s3': '^src/lib/server/gateways/storage',
			'one-home-for-mail': '^src/lib/server/gateways/mail'
		};
		return homes[rule.name] ? { ...rule, from: { path: '^src', pathNot: homes[rule.name] } } : rule;
	}),
	options: {
		doNotFollow: { path: 'node_modules' },
		exclude: { path: ['src/lib/paraglide', '\\.generated\\.', '^\\.svelte-kit'] },
		tsConfig: { fileName: '.svelte-kit/tsconfig.json' },
		tsPreCompilationDeps: true,
		enhancedResolveOptions: {
			exportsFields: ['exports'],
			conditionNames: ['svelte', 'import', 'node', 'default'],
			extensions: ['.ts', '.js', '.mjs', '.svelte']
		}
	}
};
