// Where a mail program says no in its reader's name, without a page and without an Origin (RFC 8058). A person who comes here is shown the page.
import { redirect } from '@sveltejs/kit';
import { choosePointsMailsByLink } from '#lib/server/use-cases/points/choose-points-mails.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = ({ params }) => redirect(303, `/messages/${params.token}`);
export const POST: RequestHandler = async ({ params }) =>
	(await choosePointsMailsByLink((await house()).services, params.token, false))
		? new Response(null, { status: 204 })
		: new Response('Not found', { status: 404 });
