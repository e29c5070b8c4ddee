// Asks where a try stands.
import { requireContact } from '#lib/server/http/guards.ts';
import { checkResponse } from '#lib/server/http/start-payment.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async (event) =>
	checkResponse(event, requireContact(event), event.params.attemptId);
