// PostgreSQL is away for a moment: a restart, a failover, a pool in front of it that has lost it. What can't have changed anything is asked again for some
// seconds, so that whoever came just then waits instead of being refused. What may have been done is never done again here.
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 5000;
const PAUSE_MS = 100;

/** The driver's and Node's words for a connection that ended or was never made, and PostgreSQL's (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
const LOST = new Set(
	'CONNECTION_CLOSED CONNECT_TIMEOUT ECONNREFUSED ECONNRESET EPIPE 08000 08001 08003 08004 08006 25P03 57P01 57P02 57P03'.split(
		' '
	)
);
/** Nobody took the words: no server listens, or it is starting or stopping. */
const REFUSED = new Set(['ECONNREFUSED', '57P03']);

type Told = { code?: unknown; severity_local?: unknown; cause?: unknown };
/** The error that has a code, wherever Drizzle wrapped it. */
function told(error: unknown): Told | undefined {
	for (let e = error as Told | undefined; e; e = e.cause as typeof e) if (typeof e.code === 'string') return e;
	return undefined;
}
/** PostgreSQL's five-character code, or the driver's word; '' when it is another kind of error. */
export const errorCode = (error: unknown): string => (told(error)?.code as string | undefined) ?? '';

/** The connection is gone: nothing that was not committed stands. PgBouncer says so of its server with 08P01, and ends the connection. */
export const isLost = (error: unknown): boolean =>
	LOST.has(errorCode(error)) || (errorCode(error) === '08P01' && told(error)?.severity_local === 'FATAL');
export const isRefused = (error: unknown): boolean => REFUSED.has(errorCode(error));

/** Asks until it is answered, for some seconds. `mayAskAgain`: after this error, whatever was asked has not been done, or may be done twice. */
export async function withPatience<T>(ask: () => PromiseLike<T>, mayAskAgain: (error: unknown) => boolean): Promise<T> {
	const until = performance.now() + PATIENCE_MS;
	for (;;)
		try {
			return await ask();
		} catch (error) {
			if (performance.now() > until || !mayAskAgain(error)) throw error;
			await sleep(PAUSE_MS);
		}
}
