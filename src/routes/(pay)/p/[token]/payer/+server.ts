// Pays the link's invoice.
import { requireLivePayLink } from '#lib/server/http/guards.ts';
import { payResponse } from '#lib/server/http/start-payment.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async (event) =>
	payResponse(event, await requireLivePayLink(event, event.params.token));
