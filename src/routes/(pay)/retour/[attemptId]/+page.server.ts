// Where a bank's page sends people back. Writes nothing and believes nothing of the address: it only finds the way back.
import { redirect } from '@sveltejs/kit';
import { takeWayBack } from '#lib/server/http/way-back.ts';
import { house } from '#lib/server/wiring.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ cookies, params }) => {
	const back = takeWayBack(cookies, (await house()).services.config.origin, params.attemptId);
	if (back) redirect(303, back);
};
