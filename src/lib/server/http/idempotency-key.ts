// The Idempotency-Key of a call that must not be done twice, and its JSON body by a schema; or the answer to give instead.
import * as v from 'valibot';
import { apiProblem } from './api.ts';

/** Visible ASCII, 255 at most, as everywhere in the API. */
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

export async function keyedBodyOf<T>(
	request: Request,
	shape: v.GenericSchema<unknown, T>
): Promise<{ key: string; body: T } | Response> {
	const key = request.headers.get('idempotency-key');
	if (key === null || !IDEMPOTENCY_KEY.test(key)) return apiProblem('input_invalid', { field: 'Idempotency-Key' });
	const read = v.safeParse(shape, await request.json());
	return read.success
		? { key, body: read.output }
		: apiProblem('input_invalid', { field: v.getDotPath(read.issues[0]) ?? 'body' });
}
