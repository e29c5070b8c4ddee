// The supplier's own document.
import { isUuid } from '#lib/contract/payments.ts';
import { fileResponse, orComeBack } from '#lib/server/http/file-response.ts';
import { requireContact } from '#lib/server/http/guards.ts';
import { readInvoiceFile } from '#lib/server/use-cases/invoices/read-portal.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) => {
	const scope = requireContact(event);
	const { id } = event.params;
	const { services } = await house();
	return fileResponse(isUuid(id) ? await orComeBack(services, readInvoiceFile(services, scope, id)) : null);
};
