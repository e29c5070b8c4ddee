// The product's own services: the floor asks the same questions of the same database, through the same code.
import { openSessions } from '#lib/server/access/sessions.ts';
import { wallClock } from '#lib/server/clock.ts';
import { config } from '#lib/server/config.ts';
import { openLog } from '#lib/server/log.ts';
import { buildServices } from '#lib/server/wiring.ts';

function open() {
	const services = buildServices(config(), wallClock, openLog('silent'));
	return { services, sessions: openSessions(services.db, config()) };
}
let opened: ReturnType<typeof open> | undefined;
/** Opened at the first question: a build has no database. */
export const house = () => (opened ??= open());
