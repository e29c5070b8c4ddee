// Bounces, as the mail server hands them over: the message itself as body (runbook). What it claims is proved by its address, not by who posts it.
import { noteBounce } from '#lib/server/use-cases/sending/note-bounce.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';

const LARGEST_BYTES = 1_000_000;

export const POST: RequestHandler = async ({ request }) => {
	if (Number(request.headers.get('content-length') ?? 0) > LARGEST_BYTES)
		return new Response('too large', { status: 413 });
	const { services } = await house();
	return new Response(await noteBounce(services, new Uint8Array(await request.arrayBuffer())));
};
