// Where a change of means of payment stands.
import { checkSetupResponse } from '#lib/server/http/set-up-method.ts';
import { requireLivePayLink } from '#lib/server/http/guards.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async (event) =>
	checkSetupResponse(event, await requireLivePayLink(event, event.params.token), event.params.setupId);
