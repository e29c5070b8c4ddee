// The front door sends each person to their own area.
import { redirect } from '@sveltejs/kit';
import { house } from '#lib/server/wiring.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	if (locals.scope?.actor.kind === 'contact') redirect(303, '/portail');
	if (locals.scope?.actor.kind === 'member') redirect(303, '/admin');
	const { services } = await house();
	redirect(303, services.config.sandbox ? '/demo' : '/connexion');
};
