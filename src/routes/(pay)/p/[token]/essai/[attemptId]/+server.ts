// Asks where a try stands, after the bank's confirmation or a reload.
import { requireLivePayLink } from '#lib/server/http/guards.ts';
import { checkResponse } from '#lib/server/http/start-payment.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async (event) =>
	checkResponse(event, await requireLivePayLink(event, event.params.token), event.params.attemptId);
