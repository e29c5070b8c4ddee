// One call to LoyaltyLion: its place among those of the key, the key in its header, and what an answer means for what is done next.
import * as v from 'valibot';
import { isSandboxKey } from '../../../domain/points/loyalty.ts';
import type { Config } from '../../config.ts';
import type { LoyaltyAnswer, LoyaltyDoor, LoyaltyProblem } from './port.ts';

const TIMEOUT_MS = 10_000;
/** Milliseconds until the next free place among the calls of a supplier's key. */
export type TakePlace = (supplierId: string) => Promise<number>;
export type Call = { method: 'GET' | 'POST' | 'PUT'; path: string; body?: unknown };
export type MakeCall = (door: LoyaltyDoor, call: Call) => Promise<LoyaltyAnswer<unknown>>;

const Failure = v.object({
	error: v.object({ message: v.optional(v.string(), ''), details: v.optional(v.record(v.string(), v.unknown())) })
});

export function caller({ loyalty, sandbox }: Pick<Config, 'loyalty' | 'sandbox'>, takePlace: TakePlace): MakeCall {
	return async (door, { method, path, body }) => {
		// A real key never reaches the stand-in, nor a key of the stand-in LoyaltyLion.
		if (isSandboxKey(door.key) !== (sandbox !== null)) return { kind: 'key_refused' };
		const waitMs = await takePlace(door.supplierId);
		if (waitMs > 0) await new Promise((done) => setTimeout(done, waitMs));
		let response: Response;
		let text: string;
		try {
			response = await fetch(loyalty.apiUrl + path, {
				method,
				headers: {
					authorization: `Bearer ${door.key}`,
					accept: 'application/json',
					'x-loyaltylion-channel': 'web',
					...(body === undefined ? {} : { 'content-type': 'application/json' })
				},
				...(body === undefined ? {} : { body: JSON.stringify(body) }),
				redirect: 'manual',
				signal: AbortSignal.timeout(TIMEOUT_MS)
			});
			text = await response.text();
		} catch (error) {
			return lost(method, null, error instanceof Error && error.name === 'TimeoutError' ? 'timeout' : 'no answer');
		}
		return response.ok ? bodyOf(method, response.status, text) : problemOf(method, response, text);
	};
}

/** Nobody knows what became of it. What only reads, or sets what is set already, is simply asked again. */
const lost = (method: Call['method'], status: number | null, problem: string): LoyaltyProblem =>
	method === 'POST' ? { kind: 'unknown', status, problem } : { kind: 'later', status, retryAfterMs: null, problem };

/** An activity that was taken is answered with nothing, or with whatever: only what was asked for is read. */
function bodyOf(method: Call['method'], status: number, text: string): LoyaltyAnswer<unknown> {
	if (method !== 'GET') return { kind: 'ok', value: null };
	try {
		return { kind: 'ok', value: JSON.parse(text) };
	} catch {
		return lost(method, status, 'an answer that ends in the middle');
	}
}

function problemOf(method: Call['method'], response: Response, text: string): LoyaltyProblem {
	const { status } = response;
	const { message, details } = failureOf(text);
	const retryAfterMs = retryAfter(response.headers.get('retry-after'));
	if (status === 401) return { kind: 'key_refused' };
	if (status === 403)
		return details
			? { kind: 'scope_missing', problem: clean(`${message} ${details}`) }
			: { kind: 'wait', retryAfterMs, problem: clean(message) };
	// Turned away at the door: it was not done.
	if (status === 429 || status === 425) return { kind: 'later', status, retryAfterMs, problem: clean(message) };
	if (status >= 500 || status === 408 || status < 400) {
		const problem = lost(method, status, clean(message));
		return problem.kind === 'later' ? { ...problem, retryAfterMs } : problem;
	}
	return { kind: 'refused', status, problem: clean(details ? `${message} ${details}` : message) };
}
function failureOf(text: string): { message: string; details: string | null } {
	try {
		const { error } = v.parse(Failure, JSON.parse(text));
		return { message: error.message, details: error.details ? JSON.stringify(error.details) : null };
	} catch {
		return { message: text.startsWith('<') ? 'a page instead of an answer' : text.slice(0, 200), details: null };
	}
}
/** Seconds, as every service writes it; at most a day. */
const retryAfter = (header: string | null): number | null =>
	header && /^\d{1,6}$/.test(header) ? Math.min(Number(header), 86_400) * 1000 : null;
/** Whatever it repeats of what it was sent, no key is kept. */
const clean = (text: string): string => text.replace(/pat_\w+/g, 'pat_…').slice(0, 500);
