// The supplier's area.
import { requireMember } from '#lib/server/http/guards.ts';
import { readAdminFrame } from '#lib/server/use-cases/suppliers/read-frame.ts';
import { house } from '#lib/server/wiring.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async (event) => ({
	frame: await readAdminFrame((await house()).services, requireMember(event))
});
