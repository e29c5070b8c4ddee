import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, type Dirent } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { sveltekit } from '@sveltejs/kit/vite';
import { SvelteKitPWA } from '@vite-pwa/sveltekit';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/**
 * The pay page is drawn by the server without the framework. What makes it live is a program of its own, named after everything that it may be made of:
 * the server, which is built first, must know its name.
 */
const PAY_SCRIPT = 'src/lib/payer/start.ts';
const pathOf = (file: Dirent): string => path.join(file.parentPath, file.name);
const byPath = (a: Dirent, b: Dirent): number => (pathOf(a) < pathOf(b) ? -1 : 1);
function payScript(): Plugin {
	const hash = createHash('sha256');
	// The messages as they are written: what is compiled of them comes into being while the build runs.
	for (const folder of ['src', 'messages'])
		for (const file of readdirSync(folder, { recursive: true, withFileTypes: true }).sort(byPath))
			if (file.isFile() && !file.parentPath.includes('paraglide')) hash.update(readFileSync(pathOf(file)));
	const fileName = `_app/immutable/entry/pay.${hash.update(readFileSync('package-lock.json')).digest('base64url').slice(0, 10)}.js`;
	return {
		name: 'pay-script',
		apply: 'build',
		config: () => ({ define: { __PAY_SCRIPT__: JSON.stringify(`/${fileName}`) } }),
		buildStart() {
			if (this.environment.name === 'client') this.emitFile({ type: 'chunk', id: path.resolve(PAY_SCRIPT), fileName });
		}
	};
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
		payScript(),
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
		// The framework travels as one file: on a phone, round trips cost more than bytes.
		rolldownOptions: {
			output: {
				codeSplitting: {
					groups: [
						// What the pay page begins with: in one file, too.
						{
							name: 'follow',
							test: /src[\\/]lib[\\/](client[\\/](live|reread|renew|unsaved|trusted-script)|domain[\\/]required)\.ts$/
						},
						{ name: 'runtime', test: /node_modules[\\/](svelte|@sveltejs|esm-env|clsx)[\\/]|rolldown[\\/]runtime/ }
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
