import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { sveltekit } from '@sveltejs/kit/vite';
import { SvelteKitPWA } from '@vite-pwa/sveltekit';
import { defineConfig } from 'vitest/config';

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
				theme_color: '#0f5c43',
				background_color: '#f5f4f1',
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
		// What pages share travels as two files instead of thirty: on a phone, round trips cost more than bytes. Stripe's island stays apart.
		rolldownOptions: {
			output: {
				codeSplitting: {
					groups: [
						{
							name: 'runtime',
							test: /node_modules[\\/](svelte|@sveltejs|esm-env|devalue|clsx)[\\/]|[\\/]paraglide[\\/]runtime/,
							priority: 2
						},
						{
							name: 'shared',
							test: /[\\/]src[\\/]lib[\\/](?!ui[\\/]checkout[\\/]stripe)/,
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
		projects: [
			{
				extends: true,
				test: { name: 'domain', environment: 'node', include: ['tests/domain/**/*.test.ts', 'tests/tidy/**/*.test.ts'] }
			},
			{
				extends: true,
				test: { name: 'sandbox', environment: 'node', include: ['tests/sandbox/**/*.test.ts'], testTimeout: 30_000 }
			},
			{
				extends: true,
				test: {
					name: 'server',
					environment: 'node',
					include: ['tests/server/**/*.test.ts'],
					globalSetup: ['tests/setup/database.ts'],
					testTimeout: 30_000,
					hookTimeout: 60_000
				}
			}
		]
	}
});
