// The person's own sessions.
import { requireContact } from '#lib/server/http/guards.ts';
import { readSessions } from '#lib/server/use-cases/access/sessions.ts';
import { house } from '#lib/server/wiring.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	requireContact(event);
	return { sessions: await readSessions((await house()).services, event.locals.subject!) };
};
