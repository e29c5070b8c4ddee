// Every client with its points, as CSV.
import { getLocale } from '#lib/paraglide/runtime.js';
import { pointsClientsCsv } from '#lib/server/documents/points-clients-csv.ts';
import { csvResponse } from '#lib/server/http/csv-response.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { exportClientFigures } from '#lib/server/use-cases/points/read-figures.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) => {
	const scope = requireMember(event);
	const { services } = await house();
	return csvResponse(scope, 'points.csv', pointsClientsCsv(exportClientFigures(services, scope), getLocale()));
};
