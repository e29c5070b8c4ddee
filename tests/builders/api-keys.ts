// A key of the API as an owner asks for it: only what matters is said.
import type { NewApiKey } from '#lib/contract/api-keys.ts';

export const aKey = (name = 'Compta', over: Partial<NewApiKey> = {}): NewApiKey => ({
	name,
	scopes: ['import'],
	days: null,
	addresses: '',
	...over
});
