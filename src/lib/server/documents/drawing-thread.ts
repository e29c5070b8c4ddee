// The thread in which documents are drawn, one after the other. A drawing that takes too long is ended together with its thread: it alone fails, and the
// next is drawn by a new one.
import { Piscina } from 'piscina';
import type { PageContent } from './page-content.ts';

export type DrawingLimits = { milliseconds: number; megabytes: number };
/** A page takes some tens of milliseconds, thousands of lines some seconds; the first of a thread opens its fonts too. */
const LIMITS: DrawingLimits = { milliseconds: 20_000, megabytes: 512 };

/** Whoever draws for a queue tries it again; a page is told that it did not work. */
class DrawingTooLong extends Error {
	override name = 'DrawingTooLong';
	constructor({ title }: PageContent, { milliseconds }: DrawingLimits) {
		super(`the document « ${title} » was not drawn within ${milliseconds / 1000} s: its drawing was ended`);
	}
}

export type Draw = (content: PageContent) => Promise<Uint8Array>;
/** Started with the first document, and ended when none was asked for in a minute: a web process at rest does without it. `source`: its file. */
export function drawingThread(source: string, limits = LIMITS): Draw {
	let thread: Piscina<PageContent, Uint8Array> | undefined;
	let drawing = new AbortController();
	const start = () => {
		const started = new Piscina<PageContent, Uint8Array>({
			filename: source,
			minThreads: 0,
			maxThreads: 1,
			idleTimeout: 60_000,
			resourceLimits: { maxOldGenerationSizeMb: limits.megabytes },
			execArgv: [],
			env: {}
		});
		// A thread that could not start. Unheard, it would end the process, and the drawing would wait for its limit.
		return started.on('error', (cause) => {
			thread = undefined;
			drawing.abort(cause);
		});
	};
	const drawNow: Draw = async (content) => {
		const end = (drawing = new AbortController());
		const timer = setTimeout(() => end.abort(new DrawingTooLong(content, limits)), limits.milliseconds);
		try {
			return await (thread ??= start()).run(content, { signal: end.signal });
		} catch (error) {
			throw end.signal.aborted ? end.signal.reason : error;
		} finally {
			clearTimeout(timer);
		}
	};
	let last: Promise<unknown> = Promise.resolve();
	// In turn, so that the limit counts the drawing and not the waiting.
	return (content) => {
		const drawn = last.then(() => drawNow(content));
		last = drawn.catch(() => {});
		return drawn;
	};
}
