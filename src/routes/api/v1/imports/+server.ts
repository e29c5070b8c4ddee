// POST /api/v1/imports: many invoices, in the background. Answers at once with where to follow it. Described in openapi.json.
import { json } from '@sveltejs/kit';
import { apiProblem, requireApiKey } from '#lib/server/http/api.ts';
import { importRequestOf } from '#lib/server/http/import-request.ts';
import { openImportByApi } from '#lib/server/use-cases/imports/import-by-api.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ request, url }) => {
	const { services } = await house();
	const scope = await requireApiKey(services, request, 'import_invoices');
	if (scope instanceof Response) return scope;
	const asked = await importRequestOf(request);
	if (asked instanceof Response) return asked;
	const says = (name: string): string | null => url.searchParams.get(name);
	const result = await openImportByApi(services, scope, {
		key: asked.key,
		files: asked.files,
		confirm: says('confirm') !== 'false',
		sendMails: says('send_mails') === 'true',
		acceptReview: says('accept_review') === 'true'
	});
	if (!result.ok) return apiProblem(result.refusal.code, result.refusal.detail);
	const { url: location } = result.value.body as { url: string };
	return json(result.value.body, { status: result.value.status, headers: { location } });
};
