// Open invoices and today's prices as CSV.
import { invoicesCsv } from '#lib/server/documents/invoices-csv.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { exportInvoices } from '#lib/server/use-cases/invoices/export-invoices.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) => {
	const scope = requireMember(event);
	return new Response(invoicesCsv(await exportInvoices((await house()).services, scope)), {
		headers: {
			'content-type': 'text/csv; charset=utf-8',
			'content-disposition': 'attachment; filename="factures-ouvertes.csv"',
			'cache-control': 'no-store'
		}
	});
};
