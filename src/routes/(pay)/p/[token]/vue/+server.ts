// What the page shows, for the page itself once the framework has come. Asked with the cookie of the link, and by its id alone.
import { error } from '@sveltejs/kit';
import { stringify } from 'devalue';
import { requireLivePayLink } from '#lib/server/http/guards.ts';
import { readPayPage } from '#lib/server/http/pay-page.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) => {
	const page = await readPayPage(event, await requireLivePayLink(event, event.params.token), true);
	if (!page) error(404, 'Not found');
	return new Response(stringify(page), {
		headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }
	});
};
