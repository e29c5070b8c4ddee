// The invoice as the supplier made it.
import { fileResponse, orComeBack } from '#lib/server/http/file-response.ts';
import { requireLivePayLink } from '#lib/server/http/guards.ts';
import { readInvoiceFile } from '#lib/server/use-cases/invoices/read-portal.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';
import { required } from '#lib/domain/required.ts';

export const GET: RequestHandler = async (event) => {
	const scope = await requireLivePayLink(event, event.params.token);
	const invoiceId = required(scope.invoiceId, 'invoice of a pay link');
	const { services } = await house();
	return fileResponse(await orComeBack(services, readInvoiceFile(services, scope, invoiceId)));
};
