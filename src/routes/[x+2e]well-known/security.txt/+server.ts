// Where to report a weakness. Made when it is asked for, so that it never runs out.
import { securityTxt } from '#lib/server/http/security-txt.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async () => {
	const { config, clock } = (await house()).services;
	return new Response(securityTxt(config, clock.now()), { headers: { 'content-type': 'text/plain; charset=utf-8' } });
};
