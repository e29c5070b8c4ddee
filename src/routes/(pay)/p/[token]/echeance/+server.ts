// The client's answer about another day for an instalment.
import { answerMoveResponse } from '#lib/server/http/answer-reschedule.ts';
import { requireLivePayLink } from '#lib/server/http/guards.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async (event) =>
	answerMoveResponse(event, await requireLivePayLink(event, event.params.token));
