// Another means of payment for the instalments to come.
import { setUpMethodResponse } from '#lib/server/http/set-up-method.ts';
import { requireContact } from '#lib/server/http/guards.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async (event) => setUpMethodResponse(event, requireContact(event));
