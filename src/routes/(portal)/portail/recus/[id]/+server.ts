// A receipt as PDF.
import { requireContact } from '#lib/server/http/guards.ts';
import { receiptResponse } from '#lib/server/http/receipt-response.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) =>
	receiptResponse(requireContact(event), event.params.id, event.locals.locale);
