// Signs out here, or everywhere, and empties what this browser kept.
import { redirect } from '@sveltejs/kit';
import { closeSession } from '#lib/server/http/close-session.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async (event) => {
	const everywhere = (await event.request.formData()).get('partout') === 'oui';
	await closeSession(event, everywhere ? 'everywhere' : 'here');
	event.setHeaders({ 'clear-site-data': '"cache"' });
	redirect(303, '/connexion');
};
