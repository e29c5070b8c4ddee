// One use case, one transaction, one commit, then one signal. Gateways are called before or after, never inside.
import type { Refusal } from '../../contract/refusals.ts';
import type { Scope } from '../../domain/access/scope.ts';
import type { Services } from '../services.ts';
import type { Tx } from '../store/database.ts';
import { inScope } from '../store/tx.ts';

export type Result<T> = { ok: true; value: T } | { ok: false; refusal: Refusal };
export const done = <T>(value: T): Result<T> => ({ ok: true, value });
export const refuse = (code: Refusal['code'], detail: Refusal['detail'] = {}): { ok: false; refusal: Refusal } => ({
	ok: false,
	refusal: { code, detail }
});

/** Reads and writes as `scope`, commits, then wakes the listeners. */
export async function commit<T>(services: Services, scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T> {
	const value = await inScope(services.db, scope, work);
	services.signal();
	return value;
}
/** Reads as `scope`: same door, no signal. */
export const read = <T>(services: Services, scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T> =>
	inScope(services.db, scope, work);

/** One of many in a periodic task: what goes wrong with it is said, and keeps nothing from the others; the next round tries it again. `false`: it did. */
export async function safely(services: Services, objectId: string, work: () => Promise<unknown>): Promise<boolean> {
	try {
		await work();
		return true;
	} catch (error) {
		services.log.warn({ err: error, objectId }, 'not done, the next round will try again');
		return false;
	}
}
