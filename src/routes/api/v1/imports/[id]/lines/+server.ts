// GET /api/v1/imports/{id}/lines: what became of each invoice, some at a time; `next` is where to go on.
import { json } from '@sveltejs/kit';
import { isUuid } from '#lib/contract/payments.ts';
import { apiProblem, requireApiKey } from '#lib/server/http/api.ts';
import { lineBody } from '#lib/server/use-cases/imports/import-by-api.ts';
import { cursorOf, readCursor, readImport, readSomeLines } from '#lib/server/use-cases/imports/read-import.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';

const LIMIT_MAX = 1000;
export const GET: RequestHandler = async ({ request, params, url }) => {
	const { services } = await house();
	const scope = await requireApiKey(services, request);
	if (scope instanceof Response) return scope;
	const limit = Number(url.searchParams.get('limit') ?? 100);
	if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX)
		return apiProblem('input_invalid', { field: 'limit' });
	const asked = url.searchParams.get('after');
	const after = readCursor(asked);
	if (asked !== null && !after) return apiProblem('input_invalid', { field: 'after' });
	const known = isUuid(params.id) ? await readImport(services, scope, params.id) : null;
	if (!known?.ok) return apiProblem('not_found');
	const lines = await readSomeLines(services, scope, params.id, { after, limit });
	const last = lines.at(-1);
	return json({ lines: lines.map(lineBody), next: last && lines.length === limit ? cursorOf(last) : null });
};
