// A credit note, as PDF.
import { requireContact } from '#lib/server/http/guards.ts';
import { creditNoteResponse } from '#lib/server/http/receipt-response.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) =>
	creditNoteResponse(requireContact(event), event.params.id, event.locals.locale);
