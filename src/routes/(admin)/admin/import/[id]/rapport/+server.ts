// The report of an import: who, when, which files, what became of each line.
import { error } from '@sveltejs/kit';
import { isUuid } from '#lib/contract/payments.ts';
import { importReportCsv } from '#lib/server/documents/import-report-csv.ts';
import { csvResponse } from '#lib/server/http/csv-response.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { readImport, readLines } from '#lib/server/use-cases/imports/read-import.ts';
import { IMPORT_FILES_MAX } from '#lib/server/use-cases/imports/receive-files.ts';
import { refuse } from '#lib/server/use-cases/run.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) => {
	const scope = requireMember(event);
	const { services } = await house();
	const { id } = event.params;
	const result = isUuid(id) ? await readImport(services, scope, id, { files: IMPORT_FILES_MAX }) : refuse('not_found');
	if (!result.ok) error(404, 'Not found');
	const report = importReportCsv(result.value, readLines(services, scope, id), event.locals.locale);
	return csvResponse(scope, `import-${id.slice(0, 8)}.csv`, report);
};
