// The transfer code of an invoice.
import { codeResponse } from '#lib/server/http/code-response.ts';
import { requireContact } from '#lib/server/http/guards.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) => codeResponse(requireContact(event), event.params.id);
