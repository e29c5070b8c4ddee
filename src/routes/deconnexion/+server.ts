// Signs out here, or everywhere, and empties what this browser kept.
import { redirect } from '@sveltejs/kit';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ locals, cookies, request, setHeaders }) => {
	const { sessions } = await house();
	const everywhere = (await request.formData()).get('partout') === 'oui';
	if (locals.sessionId && locals.subject) {
		const cookie = everywhere ? await sessions.endAll(locals.subject) : await sessions.end(locals.sessionId);
		cookies.set(cookie.name, cookie.value, cookie.attributes);
	}
	setHeaders({ 'clear-site-data': '"cache"' });
	redirect(303, '/connexion');
};
