// Mails about points, from the link in one of them: who has it may say no, or yes again, without signing in. A look changes nothing: mail scanners look.
import { error } from '@sveltejs/kit';
import { choosePointsMailsByLink, readPointsMailsChoice } from '#lib/server/use-cases/points/choose-points-mails.ts';
import { house } from '#lib/server/wiring.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params }) => {
	const choice = await readPointsMailsChoice((await house()).services, params.token);
	if (!choice) error(404, 'Not found');
	return { choice };
};
export const actions: Actions = {
	default: async ({ params, request }) => {
		const wanted = (await request.formData()).get('points') === 'oui';
		if (!(await choosePointsMailsByLink((await house()).services, params.token, wanted))) error(404, 'Not found');
		return { saved: true };
	}
};
