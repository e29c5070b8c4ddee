// The supplier's area.
import { follows } from '#lib/server/http/follows.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { readAdminFrame } from '#lib/server/use-cases/suppliers/read-frame.ts';
import { house } from '#lib/server/wiring.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async (event) => {
	// Its name and who looks; a role that changes ends the stream.
	follows(event, 'offers');
	const scope = requireMember(event);
	const { hub, services } = await house();
	// Before anything is read: what happens from here on is told to the page that is being made.
	const since = hub.place(scope);
	return { since, frame: await readAdminFrame(services, scope) };
};
