// Changes the language of this browser and comes back.
import { redirect } from '@sveltejs/kit';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ request, cookies, url }) => {
	const form = await request.formData();
	const language = form.get('langue') === 'en' ? 'en' : 'fr';
	const back = String(form.get('retour') ?? '/');
	cookies.set('ponctuel_lang', language, {
		path: '/',
		httpOnly: false,
		sameSite: 'lax',
		maxAge: 34_560_000,
		secure: url.protocol === 'https:'
	});
	redirect(303, /^\/(?!\/)[\w\-./?=&%]{0,500}$/.test(back) ? back : '/');
};
