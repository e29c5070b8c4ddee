// The other side of off-path.ts: reads one file at a time and answers. It knows no database and no secret.
import { parentPort } from 'node:worker_threads';
import { readStatements } from './bank/read-statements.ts';
import type { ReadingJob } from './off-path.ts';
import { readInvoices } from './read-invoices.ts';

parentPort!.on('message', async ({ kind, file, hints }: ReadingJob) => {
	try {
		parentPort!.postMessage({ value: kind === 'bank' ? readStatements(file) : await readInvoices(file, hints) });
	} catch (error) {
		// A reader may stumble over a file that nobody foresaw: that file is refused, the others go on.
		parentPort!.postMessage({ error: (error as Error).message });
	}
});
