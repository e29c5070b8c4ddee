// The document of an invoice, for the supplier.
import { isUuid } from '#lib/contract/payments.ts';
import { fileResponse } from '#lib/server/http/file-response.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { readInvoiceFile } from '#lib/server/use-cases/invoices/read-portal.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) => {
	const scope = requireMember(event);
	return fileResponse(
		isUuid(event.params.id) ? await readInvoiceFile((await house()).services, scope, event.params.id) : null
	);
};
