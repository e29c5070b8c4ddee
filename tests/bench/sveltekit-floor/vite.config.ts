// Nothing but SvelteKit, and where the product's code lies.
import path from 'node:path';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';

export default defineConfig({
	plugins: [sveltekit()],
	resolve: { alias: { '#lib': path.resolve(import.meta.dirname, '../../../src/lib') } },
	ssr: { noExternal: [/^#lib/] }
});
