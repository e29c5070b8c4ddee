// News of the supplier.
import { requireMember } from '#lib/server/http/guards.ts';
import { liveResponse } from '#lib/server/http/live-response.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) => liveResponse(event, requireMember(event));
