// Another means of payment for the parts to come.
import { changeMethodResponse } from '#lib/server/http/change-method.ts';
import { requireContact } from '#lib/server/http/guards.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async (event) => changeMethodResponse(event, requireContact(event));
