// The other side of off-path.ts: reads one file at a time and answers. It knows no database and no secret.
import { parentPort } from 'node:worker_threads';
import type { ReadResult } from '../../domain/invoices/findings.ts';
import { readStatements } from './bank/read-statements.ts';
import type { ListShape } from './csv.ts';
import { drawFirstPage } from './first-page.ts';
import type { Asked } from './off-path.ts';
import { readInvoices } from './read-invoices.ts';
import { unzip } from './unzip.ts';
import { required } from '../../domain/required.ts';

const AT_ONCE = 200;
type Open = { mediaType: string; list: ListShape | null; results: Iterator<ReadResult> };
let open: Open | null = null;

/** The next invoices of the open file. */
function nextOf(reading: Open) {
	const results: ReadResult[] = [];
	while (results.length < AT_ONCE) {
		const next = reading.results.next();
		if (next.done) {
			open = null;
			break;
		}
		results.push(next.value);
	}
	return { mediaType: reading.mediaType, list: reading.list, results, isLast: open === null };
}

async function answer(ask: Asked): Promise<unknown> {
	if (ask.kind === 'bank') return readStatements(ask.file, ask.hints, ask.when);
	if (ask.kind === 'zip') return unzip(ask.file, ask.room);
	if (ask.kind === 'page') return drawFirstPage(ask.file.bytes);
	if (ask.kind === 'invoices') {
		const { mediaType, results, list = null } = await readInvoices(ask.file, ask.hints, ask.when);
		open = { mediaType, list, results: results[Symbol.iterator]() };
	}
	return nextOf(required(open, 'open file'));
}

const port = required(parentPort, 'the side that asks');
port.on('message', async (ask: Asked) => {
	try {
		port.postMessage({ value: await answer(ask) });
	} catch (error) {
		// A reader may stumble over a file that nobody foresaw: that file is refused, the others go on.
		open = null;
		port.postMessage({ error: (error as Error).message });
	}
});
