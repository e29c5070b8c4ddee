// What a request asked, and who asked it, as one hash kept with its row: the same id with anything else is another request, and is refused.
import { actorName, type Scope } from '../../domain/access/scope.ts';
import { sha256 } from '../identity.ts';

type Value = string | number | boolean | bigint | null | readonly string[];
/** The order of the fields does not matter, nor that of a list. */
export const inputHashOf = ({ actor }: Scope, what: string, input: Record<string, Value>): string =>
	sha256(
		JSON.stringify([
			what,
			actorName(actor),
			...Object.entries(input)
				.sort(([a], [b]) => (a < b ? -1 : 1))
				.map(([name, value]) => [name, plain(value)])
		])
	);
const plain = (value: Value): unknown =>
	typeof value === 'bigint' ? String(value) : Array.isArray(value) ? [...(value as readonly string[])].sort() : value;
