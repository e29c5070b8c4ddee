// The transfer code of the link's invoice.
import { codeResponse } from '#lib/server/http/code-response.ts';
import { requireLivePayLink } from '#lib/server/http/guards.ts';
import type { RequestHandler } from './$types';
import { required } from '#lib/domain/required.ts';

export const GET: RequestHandler = async (event) => {
	const scope = await requireLivePayLink(event, event.params.token);
	return codeResponse(scope, required(scope.invoiceId, 'invoice of a pay link'));
};
