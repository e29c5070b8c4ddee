import path from 'node:path';
import adapter from '@sveltejs/adapter-node';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

/** The adapter takes its folder for a pattern: in a path with (brackets) nothing would match. A relative one is not taken for one. */
const node = adapter({ envPrefix: '' });
const anywhere = {
	...node,
	/** @param {import('@sveltejs/kit').Builder} builder */
	adapt: (builder) =>
		node.adapt(
			Object.assign(Object.create(builder), {
				/** @param {string} name */
				getBuildDirectory: (name) => path.relative('.', builder.getBuildDirectory(name))
			})
		)
};

/**
 * SvelteKit 2.70. Only options that kit 3 keeps are used (no deprecated flag), so that `npx sv migrate sveltekit-3`
 * is the whole move (docs/decisions/0008).
 * @type {import('@sveltejs/kit').Config}
 */
export default {
	preprocess: vitePreprocess(),
	kit: {
		adapter: anywhere,
		serviceWorker: { register: false },
		// Styles are small: in the page they save a phone five round trips.
		inlineStyleThreshold: 12_288,
		// Our own check stands in its place, which lets programs post files to the API: server/http/same-origin.ts.
		csrf: { trustedOrigins: ['*'] },
		// Stripe's origins stand here; in sandbox mode server/http/security-headers.ts puts the sandbox's in their place.
		csp: {
			mode: 'auto',
			directives: {
				'default-src': ['self'],
				'script-src': ['self', 'https://js.stripe.com', 'https://*.js.stripe.com'],
				'style-src': ['self', 'unsafe-inline'],
				'img-src': ['self', 'data:'],
				'connect-src': ['self', 'https://api.stripe.com'],
				'frame-src': ['self', 'https://js.stripe.com', 'https://*.js.stripe.com', 'https://hooks.stripe.com'],
				'worker-src': ['self'],
				'manifest-src': ['self'],
				'base-uri': ['none'],
				'form-action': ['self'],
				'frame-ancestors': ['none'],
				'object-src': ['none']
			}
		},
		typescript: {
			config: (config) => ({
				...config,
				include: [...config.include, '../tests/**/*.ts', '../*.config.ts', '../drizzle/*.ts'],
				// Plain scripts for the browser, served as they are: the contract tests run them.
				exclude: [...(config.exclude ?? []), '../src/sandbox/stripe/browser']
			})
		}
	}
};
