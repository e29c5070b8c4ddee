// The credit note of a discount on the link's invoice, as PDF.
import { requireLivePayLink } from '#lib/server/http/guards.ts';
import { creditNoteResponse } from '#lib/server/http/receipt-response.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) =>
	creditNoteResponse(await requireLivePayLink(event, event.params.token), event.params.discountId, event.locals.locale);
