// Files of others are read in a thread of their own, with a limit of time and memory: one that is overrun is ended together with its file, and the
// product goes on serving. (OWASP ASVS 5.0, V5: files of unknown origin.)
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { block, type ReadResult } from '../../domain/invoices/findings.ts';
import type { StatementFileReading } from './bank/read-statements.ts';
import type { ListHints, ListShape } from './csv.ts';
import type { InvoiceFile } from './file.ts';
import { ANY_DAY, type When } from './norm-values.ts';
import { fullRoom, isZip, type Room } from './unzip.ts';

/** `more`: the next invoices of the file that was asked for last. */
export type Asked =
	| { kind: 'invoices' | 'bank'; file: InvoiceFile; hints: ListHints; when: When }
	| { kind: 'page'; file: InvoiceFile }
	| { kind: 'zip'; file: InvoiceFile; room: Room }
	| { kind: 'more' };
export type ReadingLimits = { seconds: number; megabytes: number };
const LIMITS: ReadingLimits = { seconds: 30, megabytes: 400 };
/** Two imports hold two each at most: one is left for who waits at the other end of a request. */
const THREADS_MAX = 5;
const IDLE_MS = 20_000;
/** Room for what is forgotten at once; by itself a thread takes three times as much. */
const YOUNG_MB = 8;

/** Some invoices of a file at a time: whoever takes them slowly holds no more of them in memory. The time limit counts reading only. */
export type ReadingBatch = { mediaType: string; list: ListShape | null; results: ReadResult[]; isLast: boolean };
export async function* readInvoicesOffPath(
	file: InvoiceFile,
	hints: ListHints = {},
	when = ANY_DAY,
	limits = LIMITS
): AsyncGenerator<ReadingBatch> {
	const thread = await take();
	const until = { milliseconds: limits.seconds * 1000 };
	let asked = answerOf(thread, { kind: 'invoices', file, hints, when }, limits, until);
	// The thread has its own copy: this one may go.
	file = { name: file.name, bytes: new Uint8Array() };
	try {
		for (;;) {
			const answer = await asked;
			if ('overrun' in answer) {
				const findings = [findingOf(answer.overrun, file, limits)];
				yield { mediaType: 'application/octet-stream', list: null, results: [{ ok: false, findings }], isLast: true };
				return;
			}
			const batch = answer.value as ReadingBatch;
			// The next are read while these are dealt with.
			if (!batch.isLast) asked = answerOf(thread, { kind: 'more' }, limits, until);
			yield batch;
			if (batch.isLast) return;
		}
	} finally {
		// Left in the middle, the thread still holds the rest of the file: the next file takes its place.
		putBack(thread, await asked);
	}
}
export async function readStatementsOffPath(
	file: InvoiceFile,
	hints: ListHints = {},
	when = ANY_DAY,
	limits = LIMITS
): Promise<StatementFileReading> {
	const thread = await take();
	const ask = { kind: 'bank' as const, file, hints, when };
	const answer = await answerOf(thread, ask, limits, { milliseconds: limits.seconds * 1000 });
	putBack(thread, answer);
	return 'overrun' in answer
		? { ok: false, findings: [findingOf(answer.overrun, file, limits)], list: null }
		: (answer.value as StatementFileReading);
}

const PAGE_LIMITS: ReadingLimits = { seconds: 10, megabytes: 300 };
/** The first page as a picture (PNG), or null. */
export async function drawFirstPageOffPath(file: InvoiceFile, limits = PAGE_LIMITS): Promise<Uint8Array | null> {
	const thread = await take();
	const answer = await answerOf(thread, { kind: 'page', file }, limits, { milliseconds: limits.seconds * 1000 });
	putBack(thread, answer);
	return 'overrun' in answer ? null : (answer.value as Uint8Array | null);
}

/**
 * Archives give way to the files in them; one that can't be opened stays as it is, and is refused in words by whoever reads it. All archives of a request
 * share one room, one after the other: null when they do not fit, and nothing of them is kept.
 */
export async function unpackedOffPath(files: InvoiceFile[], limits = LIMITS): Promise<InvoiceFile[] | null> {
	const all: InvoiceFile[] = [];
	const room = fullRoom();
	const archives = files.filter((file) => isZip(file.bytes)).length;
	for (const file of files) {
		const found = isZip(file.bytes) ? await unpack(file, room, limits) : null;
		// One alone that is too large is a file like others, and is refused in words; of several, nobody knows which.
		if (found === 'too_much' && archives > 1) return null;
		const parts = found === 'too_much' ? null : found;
		if (parts) {
			room.files -= parts.length;
			room.bytes -= parts.reduce((sum, part) => sum + part.bytes.length, 0);
		}
		all.push(...(parts ?? [file]));
	}
	return all;
}
async function unpack(
	file: InvoiceFile,
	room: Room,
	limits: ReadingLimits
): Promise<InvoiceFile[] | 'too_much' | null> {
	const thread = await take();
	const ask = { kind: 'zip' as const, file, room };
	const answer = await answerOf(thread, ask, limits, { milliseconds: limits.seconds * 1000 });
	putBack(thread, answer);
	return 'overrun' in answer ? null : (answer.value as InvoiceFile[] | 'too_much' | null);
}

/** `fault`: this file alone could not be read; `crash`: the thread is gone with it. */
type Overrun = 'time' | 'memory' | 'fault' | 'crash';
const findingOf = (overrun: Overrun, file: InvoiceFile, { seconds, megabytes }: ReadingLimits) =>
	overrun === 'time'
		? block('TOO_SLOW', file.name, `> ${seconds} s`, 'un fichier plus simple, ou plusieurs')
		: overrun === 'memory'
			? block('TOO_HEAVY', file.name, `> ${megabytes} Mo`, 'un fichier plus simple, ou plusieurs')
			: block('UNREADABLE', file.name, '', 'le fichier tel que l’outil l’a exporté');

type Answer = { value: unknown } | { overrun: Overrun };
type Thread = { worker: Worker; isBusy: boolean; idle: NodeJS.Timeout | undefined };
const threads: Thread[] = [];
const waiting: ((thread: Thread) => void)[] = [];

/** A free thread, a new one, or the next that becomes free. */
function take(): Promise<Thread> {
	const free = threads.find((thread) => !thread.isBusy);
	if (free) return Promise.resolve(busy(free));
	if (threads.length >= THREADS_MAX) return new Promise((resolve) => waiting.push(resolve));
	// By the name of its source: built or not, the product runs beside its sources, and Node reads TypeScript by itself.
	const source = createRequire(import.meta.url).resolve('#lib/server/readers/reading-worker.ts');
	const worker = new Worker(source, {
		resourceLimits: { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: YOUNG_MB },
		execArgv: [],
		env: {}
	});
	worker.unref();
	const thread: Thread = { worker, isBusy: true, idle: undefined };
	threads.push(thread);
	return Promise.resolve(thread);
}
function busy(thread: Thread): Thread {
	clearTimeout(thread.idle);
	thread.isBusy = true;
	return thread;
}
function giveBack(thread: Thread): void {
	const next = waiting.shift();
	if (next) return next(thread);
	thread.isBusy = false;
	thread.idle = setTimeout(() => end(thread), IDLE_MS);
	thread.idle.unref();
}
function end(thread: Thread): void {
	threads.splice(threads.indexOf(thread), 1);
	void thread.worker.terminate();
}

/** A thread that was overrun is ended; another takes its place for whoever waits. */
function putBack(thread: Thread, answer: Answer): void {
	if (!('overrun' in answer) || answer.overrun === 'fault') return giveBack(thread);
	end(thread);
	const next = waiting.shift();
	if (next) void take().then(next);
}

/** `left` is what the file may still take, and is counted down. */
function answerOf(
	{ worker }: Thread,
	ask: Asked,
	limits: ReadingLimits,
	left: { milliseconds: number }
): Promise<Answer> {
	return new Promise((resolve) => {
		const before = process.memoryUsage().rss;
		const asked = performance.now();
		const done = (answer: Answer): void => {
			clearTimeout(timer);
			clearInterval(watch);
			worker.off('message', heard).off('error', failed).off('exit', ended);
			left.milliseconds -= performance.now() - asked;
			resolve(answer);
		};
		const heard = (said: { value: unknown } | { error: string }) => done('value' in said ? said : { overrun: 'fault' });
		// A heap that is too small ends the thread by itself.
		const failed = (error: Error & { code?: string }) =>
			done({ overrun: error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'crash' });
		const ended = () => done({ overrun: 'crash' });
		const timer = setTimeout(() => done({ overrun: 'time' }), Math.max(0, left.milliseconds));
		// What is unpacked lies outside the heap, where no limit of the thread reaches it.
		const watch = setInterval(() => {
			if (process.memoryUsage().rss - before > limits.megabytes * 1_048_576) done({ overrun: 'memory' });
		}, 50);
		worker.on('message', heard).on('error', failed).on('exit', ended);
		worker.postMessage(ask);
	});
}
