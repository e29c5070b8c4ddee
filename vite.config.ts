import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { sveltekit } from '@sveltejs/kit/vite';
import { SvelteKitPWA } from '@vite-pwa/sveltekit';
import { defineConfig } from 'vitest/config';

/** What the pay page is made of; of the messages, those that these files say. */
const PAYER_FOLDERS = [
	'ui/pay',
	'ui/checkout',
	'ui/primitives',
	'client',
	'domain/money',
	'domain/calendar',
	'domain/plans'
];
const PAYER_FILES = ['i18n/option-titles.ts', 'contract/expected-parts.ts', 'contract/news.ts', 'domain/required.ts'];
/** Of those folders, what only other pages use, and the pay page once something has happened on it. */
const NOT_FOR_PAYERS = [
	'stripe-checkout.ts',
	'pay-saved.ts',
	'colors.ts',
	'SaveMethod.svelte',
	'SavedMethods.svelte',
	'ConfirmInstalment.svelte',
	'AttemptPanel.svelte',
	'Standing.svelte',
	'PaidSlip.svelte',
	'PlanPanel.svelte',
	'DiscountList.svelte',
	'ReceiptList.svelte',
	'Outcome.svelte',
	'StaleLink.svelte',
	'CodeField.svelte',
	'KeptForms.svelte',
	'SessionList.svelte',
	'InvoiceStateWord.svelte',
	'CivilDay.svelte',
	'passkeys.ts',
	'PasskeyButton.svelte',
	'PageLinks.svelte',
	'lower-instalments.ts'
];
const lib = path.join(import.meta.dirname, 'src/lib');
const allFiles = [
	...PAYER_FOLDERS.flatMap((folder) => readdirSync(path.join(lib, folder)).map((name) => path.join(lib, folder, name))),
	...PAYER_FILES.map((file) => path.join(lib, file)),
	path.join(import.meta.dirname, 'src/routes/(pay)/p/[token]/+page.svelte'),
	// Fetched ahead by every page.
	path.join(import.meta.dirname, 'src/routes/+error.svelte')
];
const missing = NOT_FOR_PAYERS.filter((name) => !allFiles.some((file) => path.basename(file) === name));
// Renamed, it would travel with every pay page.
if (missing.length) throw new Error(`vite.config.ts: NOT_FOR_PAYERS names no file: ${missing.join(', ')}`);
const payerFiles = allFiles.filter((file) => !NOT_FOR_PAYERS.includes(path.basename(file)));
const payerWords = new Set(
	payerFiles.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/\bm\.(\w+)/g)].map((found) => found[1]!))
);
function isForPayers(id: string): boolean {
	const message = /paraglide[\\/]messages[\\/](\w+)\.js$/.exec(id)?.[1];
	return message ? message === '_index' || payerWords.has(message) : payerFiles.includes(id.split('?')[0]!);
}

export default defineConfig({
	plugins: [
		paraglideVitePlugin({
			project: './project.inlang',
			outdir: './src/lib/paraglide',
			strategy: ['cookie', 'preferredLanguage', 'baseLocale'],
			cookieName: 'ponctuel_lang',
			outputStructure: 'message-modules'
		}),
		sveltekit(),
		// 1.3.0, not 2: @vite-pwa/sveltekit 1.1.0 asks for ^1.2. `base` keeps nested pages from registering a relative path.
		SvelteKitPWA({
			strategies: 'injectManifest',
			base: '/',
			scope: '/',
			srcDir: 'src',
			filename: 'service-worker.ts',
			registerType: 'prompt',
			injectRegister: false,
			manifest: {
				name: 'Ponctuel',
				short_name: 'Ponctuel',
				description: 'Vos factures, payées à l’heure',
				lang: 'fr',
				start_url: '/',
				display: 'standalone',
				theme_color: '#006548',
				background_color: '#f7f5f2',
				icons: [
					{ src: '/icon-192.png', sizes: '192x192', type: 'image/png', purpose: 'any' },
					{ src: '/icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'any' },
					{ src: '/icon-maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
					{ src: '/icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' }
				]
			},
			// Only the offline page and the icons: no page of a client is ever kept on the device.
			injectManifest: {
				globPatterns: ['client/*.{svg,png}', 'prerendered/**/*.html', 'client/_app/immutable/assets/*.css']
			},
			kit: { includeVersionFile: false }
		})
	],
	server: { fs: { allow: ['messages'] } },
	build: {
		// A page names its files once, in its own head. The list of every other page's files would travel with each.
		modulePreload: { resolveDependencies: () => [] },
		// What the pay page needs travels as two files instead of thirty: on a phone, round trips cost more than bytes. Stripe's island stays apart,
		// and so does what only other pages use.
		rolldownOptions: {
			output: {
				codeSplitting: {
					groups: [
						{
							name: 'runtime',
							test: /node_modules[\\/](svelte|@sveltejs|esm-env|devalue|clsx)[\\/]|[\\/]paraglide[\\/]runtime|rolldown[\\/]runtime/,
							priority: 2
						},
						{
							name: 'shared',
							test: isForPayers,
							minShareCount: 2,
							priority: 1
						}
					]
				}
			}
		}
	},
	test: {
		expect: { requireAssertions: true },
		// A test of the server waits for PostgreSQL half of its time.
		maxWorkers: availableParallelism() + 1,
		projects: [
			{
				extends: true,
				test: {
					name: 'domain',
					environment: 'node',
					include: ['tests/domain/**/*.test.ts', 'tests/tidy/**/*.test.ts'],
					testTimeout: 60_000 // some start a tool of their own
				}
			},
			{
				extends: true,
				test: { name: 'sandbox', environment: 'node', include: ['tests/sandbox/**/*.test.ts'], testTimeout: 180_000 }
			},
			{
				extends: true,
				test: { name: 'start', environment: 'node', include: ['tests/start/**/*.test.ts'], testTimeout: 600_000 }
			},
			{
				// npm run scale: installs nginx and PgBouncer where it may, so not a part of npm test.
				extends: true,
				test: {
					name: 'scale',
					environment: 'node',
					include: ['tests/scale/**/*.test.ts'],
					testTimeout: 60_000,
					hookTimeout: 900_000
				}
			},
			{
				extends: true,
				test: {
					name: 'server',
					environment: 'node',
					include: ['tests/server/**/*.test.ts'],
					globalSetup: ['tests/setup/database.ts'],
					testTimeout: 180_000,
					hookTimeout: 180_000
				}
			}
		]
	}
});
