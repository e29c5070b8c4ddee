// POST /api/v1/imports/{id}/confirm: what is new is kept. Again is harmless.
import { json } from '@sveltejs/kit';
import { isUuid } from '#lib/contract/payments.ts';
import { apiProblem, requireApiKey } from '#lib/server/http/api.ts';
import { confirmImport } from '#lib/server/use-cases/imports/decide-import.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ request, params, url }) => {
	const { services } = await house();
	const scope = await requireApiKey(services, request, 'import_invoices');
	if (scope instanceof Response) return scope;
	if (!isUuid(params.id)) return apiProblem('not_found');
	const result = await confirmImport(services, scope, params.id, {
		sendsMails: url.searchParams.get('send_mails') === 'true',
		acceptsReview: url.searchParams.get('accept_review') === 'true'
	});
	return result.ok
		? json({ import_id: params.id, state: 'keeping' }, { status: 202 })
		: apiProblem(result.refusal.code, result.refusal.detail);
};
