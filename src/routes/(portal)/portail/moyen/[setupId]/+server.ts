// Where a change of means of payment stands.
import { checkSetupResponse } from '#lib/server/http/set-up-method.ts';
import { requireContact } from '#lib/server/http/guards.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async (event) =>
	checkSetupResponse(event, requireContact(event), event.params.setupId);
