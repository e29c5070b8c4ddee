// Browser tests: a desk and a phone, in French, against the demo.
import { defineConfig, devices } from '@playwright/test';
import { chromiumArgs, chromiumPath } from '../src/scripts/chromium.ts';

const executablePath = await chromiumPath({ install: false });
export default defineConfig({
	testDir: '../tests/e2e',
	outputDir: '../test-results',
	// A demo has one clock and one set of faults: desk and phone have a demo each, in each of them one test runs at a time and takes invoices of its own.
	workers: 2,
	fullyParallel: false,
	forbidOnly: Boolean(process.env.CI),
	retries: 0,
	// Months of a demo's clock are lived day by day, on two demos at once: what is waited for is the end, not a speed.
	timeout: 360_000,
	expect: { timeout: 30_000 },
	reporter: [['list'], ['json', { outputFile: '../test-results/results.json' }]],
	use: {
		trace: 'retain-on-failure',
		locale: 'fr-FR',
		timezoneId: 'Europe/Paris',
		// A navigation through a service worker carries the browser's own language instead of the emulated one. Its own test allows it.
		serviceWorkers: 'block',
		launchOptions: { ...(executablePath ? { executablePath } : {}), args: chromiumArgs }
	},
	// What differs by size runs at both. What says the same at any (money, doors, hostile input) runs once: a test tagged @desk or @phone, or a spec named below,
	// shared out so that both demos end at about the same time. The mails of payments are read on phones, so most of what a payer does is there.
	projects: [
		{
			name: 'desk',
			workers: 1,
			grepInvert: /@phone/,
			testIgnore: ['hostile.spec.ts', 'production.spec.ts'],
			use: { ...devices['Desktop Chrome'], viewport: { width: 1280, height: 800 } }
		},
		// No keyboard on a phone, no screen where processes are killed, and a translated page is one at every width.
		{
			name: 'phone',
			workers: 1,
			grepInvert: /@desk/,
			testIgnore: ['keyboard.spec.ts', 'killed.spec.ts', 'shown.spec.ts'],
			use: { ...devices['Pixel 7'], viewport: { width: 360, height: 740 } }
		}
	],
	globalSetup: '../tests/e2e/global.ts'
});
