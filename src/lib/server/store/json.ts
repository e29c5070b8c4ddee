// Values of ours as JSON and back: amounts (every key that ends in `Minor`) travel as text, never as floating numbers.
import { minor } from '../../domain/money/minor.ts';

/** PostgreSQL's jsonb knows no NUL and no half of a surrogate pair: they are left out. */
export const toJson = (value: unknown): string =>
	JSON.stringify(value, (_, inner: unknown) =>
		typeof inner === 'bigint'
			? String(inner)
			: typeof inner === 'string'
				? inner.toWellFormed().replaceAll('\0', '')
				: inner
	);

/** What `toJson` wrote and jsonb gave back. */
export function fromJson<T>(value: unknown): T {
	if (Array.isArray(value)) return value.map(fromJson) as T;
	if (value === null || typeof value !== 'object') return value as T;
	const copy: Record<string, unknown> = {};
	for (const [key, inner] of Object.entries(value))
		copy[key] = key.endsWith('Minor') && typeof inner === 'string' ? minor(BigInt(inner)) : fromJson(inner);
	return copy as T;
}
