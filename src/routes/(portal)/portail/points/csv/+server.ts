// The history of the client's points as CSV.
import { pointsCsv } from '#lib/server/documents/points-csv.ts';
import { csvResponse } from '#lib/server/http/csv-response.ts';
import { requireContact } from '#lib/server/http/guards.ts';
import { exportHistory } from '#lib/server/use-cases/points/read-points.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) => {
	const scope = requireContact(event);
	const { locale } = event.locals;
	return csvResponse(scope, 'points.csv', pointsCsv(exportHistory((await house()).services, scope, locale), locale));
};
