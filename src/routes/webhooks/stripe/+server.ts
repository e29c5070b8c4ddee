// Stripe's events: verified on the raw body, stored once, answered at once.
import { receiveEvent } from '#lib/server/use-cases/payments/receive-event.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ request }) => {
	const { services } = await house();
	const raw = await request.text();
	// Stripe's events are far below this: anything larger is not looked at.
	if (raw.length > 512_000) return new Response('too large', { status: 413 });
	const reception = await receiveEvent(services, raw, request.headers.get('stripe-signature') ?? '');
	if (reception === 'invalid') services.log.warn('webhook refused: signature, age or mode');
	return new Response(reception, { status: reception === 'invalid' ? 400 : 200 });
};
