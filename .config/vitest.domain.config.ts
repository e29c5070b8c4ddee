// The rules by themselves: what mutation testing runs, without the pages' plugins.
import { defineConfig } from 'vitest/config';

export default defineConfig({
	test: {
		environment: 'node',
		include: ['tests/domain/**/*.test.ts'],
		setupFiles: ['.config/fixed-seeds.ts'],
		expect: { requireAssertions: true }
	}
});
