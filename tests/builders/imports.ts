// Imports for tests: a file read whole, and an import taken as far as its preview.
import type { Scope } from '#lib/domain/access/scope.ts';
import { newId } from '#lib/server/identity.ts';
import type { ListHints } from '#lib/server/readers/csv.ts';
import type { InvoiceFile } from '#lib/server/readers/file.ts';
import { ANY_DAY, type When } from '#lib/server/readers/norm-values.ts';
import { readInvoices as readSome } from '#lib/server/readers/read-invoices.ts';
import type { ListAnswers } from '#lib/server/store/schema/index.ts';
import { answerLists } from '#lib/server/use-cases/imports/decide-import.ts';
import type { ImportPage } from '#lib/contract/import-views.ts';
import { readImport } from '#lib/server/use-cases/imports/read-import.ts';
import { receiveFiles } from '#lib/server/use-cases/imports/receive-files.ts';
import type { Result } from '#lib/server/use-cases/run.ts';
import type { TestHouse } from '../setup/house.ts';

export async function readInvoices(file: InvoiceFile, hints: ListHints = {}, when: When = ANY_DAY) {
	const reading = await readSome(file, hints, when);
	return { ...reading, results: [...reading.results] };
}

/** What a person sees before confirming. */
export async function previewImport(
	house: TestHouse,
	scope: Scope,
	files: InvoiceFile[],
	answers?: ListAnswers
): Promise<Result<ImportPage>> {
	const importId = newId();
	const received = await receiveFiles(house.services, scope, { importId, files, isLast: true });
	if (!received.ok) return received;
	await house.drain();
	if (answers) {
		const answered = await answerLists(house.services, scope, importId, answers);
		if (!answered.ok) return answered;
		await house.drain();
	}
	return readImport(house.services, scope, importId);
}
