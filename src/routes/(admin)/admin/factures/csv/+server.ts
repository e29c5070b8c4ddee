// Open invoices and today's prices as CSV.
import { invoicesCsv } from '#lib/server/documents/invoices-csv.ts';
import { csvResponse } from '#lib/server/http/csv-response.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { exportInvoices } from '#lib/server/use-cases/invoices/export-invoices.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) => {
	const scope = requireMember(event);
	const invoices = exportInvoices((await house()).services, scope);
	return csvResponse(scope, 'factures-ouvertes.csv', invoicesCsv(invoices));
};
