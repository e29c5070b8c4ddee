// A new key of the API, as its form says it.
import * as v from 'valibot';
import { KEY_SCOPES } from '../domain/access/scope.ts';

/** Days until it ends; '' is never. */
const KEY_LIVES = ['30', '90', '365', ''] as const;
export const NewApiKey = v.object({
	name: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(80)),
	scopes: v.pipe(v.array(v.picklist(KEY_SCOPES)), v.minLength(1), v.maxLength(KEY_SCOPES.length)),
	days: v.pipe(
		v.picklist(KEY_LIVES),
		v.transform((text) => (text ? Number(text) : null))
	),
	addresses: v.pipe(v.string(), v.maxLength(2000))
});
export type NewApiKey = v.InferOutput<typeof NewApiKey>;
export const newApiKeyFrom = (form: FormData) =>
	v.safeParse(NewApiKey, {
		name: form.get('nom') ?? '',
		scopes: form.getAll('droits'),
		days: form.get('fin') ?? '',
		addresses: form.get('adresses') ?? ''
	});
