// Stripe's events: verified on the raw body, stored once, answered at once.
import { receiveEvent } from '#lib/server/use-cases/payments/receive-event.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';

const LARGEST_BYTES = 512_000;

export const POST: RequestHandler = async ({ request }) => {
	const { services } = await house();
	// Stripe's events are far below this: anything larger is not read.
	if (Number(request.headers.get('content-length') ?? 0) > LARGEST_BYTES)
		return new Response('too large', { status: 413 });
	const raw = await request.text();
	const reception = await receiveEvent(services, raw, request.headers.get('stripe-signature') ?? '');
	if (reception === 'invalid') services.log.warn('webhook refused: signature, age or mode');
	return new Response(reception, { status: reception === 'invalid' ? 400 : 200 });
};
