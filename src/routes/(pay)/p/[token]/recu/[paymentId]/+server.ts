// A receipt of the link's invoice, as PDF.
import { requireLivePayLink } from '#lib/server/http/guards.ts';
import { receiptResponse } from '#lib/server/http/receipt-response.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) =>
	receiptResponse(await requireLivePayLink(event, event.params.token), event.params.paymentId, event.locals.locale);
