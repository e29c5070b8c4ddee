// The receipt, for the supplier.
import { requireMember } from '#lib/server/http/guards.ts';
import { receiptResponse } from '#lib/server/http/receipt-response.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) =>
	receiptResponse(requireMember(event), event.params.id, event.locals.locale);
