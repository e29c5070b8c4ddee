// What browsers report of our pages. Anybody may post here: little is read, less is kept, and whatever comes, nothing breaks.
import { notePageReports, readReports } from '#lib/server/use-cases/upkeep/note-page-reports.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';

const LARGEST_BYTES = 16_384;

export const POST: RequestHandler = async ({ request, getClientAddress }) => {
	const { services } = await house();
	if (!(await services.limits.take('page_report', getClientAddress()))) return new Response(null, { status: 429 });
	if (Number(request.headers.get('content-length') ?? 0) > LARGEST_BYTES) return new Response(null, { status: 413 });
	const body = await request.text();
	if (body.length > LARGEST_BYTES) return new Response(null, { status: 413 });
	const said = readReports(body);
	if (!said) return new Response(null, { status: 400 });
	await notePageReports(services, said);
	return new Response(null, { status: 204 });
};
