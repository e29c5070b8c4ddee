// The launcher's watch over the product: a server that ended by itself is started again, and it is said. Not for ever: then whoever watches over the
// launcher (systemd, a container) has the word.
import type { ChildProcess } from 'node:child_process';

/** More deaths than this within so long are no accident. */
const DEATHS_MAX = 5;
const DEATHS_WITHIN_MS = 10 * 60_000;

type Served = { server: ChildProcess; exited: Promise<number | null>; restart(): Promise<void> };
type Watch = { isEnding: () => boolean; say: (sentence: string) => void; pauseMs?: number };

/** @returns the code to end with, once the server was stopped by somebody (0), or is not started any more */
export async function keepServing(served: Served, { isEnding, say, pauseMs = 500 }: Watch): Promise<number> {
	const deaths: number[] = [];
	/** Counts one, and says whether they are too many by now. */
	const isGivenUp = (): boolean => {
		const now = performance.now();
		deaths.push(now);
		const before = deaths.at(-1 - DEATHS_MAX);
		return before !== undefined && now - before < DEATHS_WITHIN_MS;
	};
	for (;;) {
		const code = await served.exited;
		// An end without an error was asked for.
		if (isEnding() || code === 0) return 0;
		let how = `The server ${code === null ? `was ended by ${served.server.signalCode}` : `ended with ${code}`}`;
		for (let isBack = false; !isBack;) {
			if (isGivenUp()) {
				say(`${how}, the ${deaths.length}th time in a few minutes. Its messages are above; it is not started again.`);
				return code ?? 1;
			}
			say(`${how}. It is started again; whatever was under way is looked up by itself.`);
			await new Promise((done) => setTimeout(done, pauseMs * Math.min(deaths.length, 10)));
			if (isEnding()) return 0;
			// Its database may be starting, too.
			await served.restart().then(
				() => (isBack = true),
				(error: Error) => (how = `The server did not start again (${error.message})`)
			);
			if (isEnding()) return 0;
		}
	}
}
