// News of the link's invoice.
import { requireLivePayLink } from '#lib/server/http/guards.ts';
import { liveResponse } from '#lib/server/http/live-response.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) =>
	liveResponse(event, await requireLivePayLink(event, event.params.token));
