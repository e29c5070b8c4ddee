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
	// Names of styles stand in the page, in its script and in its style: as short as tells one component from another.
	compilerOptions: {
		cssHash: ({ hash, css, filename }) => `s${hash(filename === '(unknown)' ? css : filename).slice(0, 5)}`
	},
	kit: {
		adapter: anywhere,
		serviceWorker: { register: false },
		// Styles are small: in the page they save a phone five round trips.
		inlineStyleThreshold: 12_288,
		// Our own check stands in its place, which lets programs post files to the API: server/http/same-origin.ts.
		csrf: { trustedOrigins: ['*'] },
		// What is true of every page. Where one pays, server/http/content-policy.ts lets Stripe in.
		csp: {
			mode: 'auto',
			directives: {
				'default-src': ['self'],
				'script-src': ['self'],
				// Style sheets by nonce; attributes of elements stay, Svelte draws with them (docs/threat-model.md). Old browsers know the first line only.
				'style-src': ['self', 'unsafe-inline'],
				'style-src-elem': ['self'],
				'style-src-attr': ['unsafe-inline'],
				'img-src': ['self', 'data:'],
				'connect-src': ['self'],
				'frame-src': ['self'],
				'worker-src': ['self'],
				'manifest-src': ['self'],
				'base-uri': ['none'],
				'form-action': ['self'],
				'frame-ancestors': ['none'],
				'object-src': ['none'],
				// Svelte's own policy, and client/trusted-script.ts.
				'require-trusted-types-for': ['script'],
				'trusted-types': ['svelte-trusted-html', 'ponctuel']
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
