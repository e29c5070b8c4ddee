// A credit note, for the supplier.
import { requireMember } from '#lib/server/http/guards.ts';
import { creditNoteResponse } from '#lib/server/http/receipt-response.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) =>
	creditNoteResponse(requireMember(event), event.params.id, event.locals.locale);
