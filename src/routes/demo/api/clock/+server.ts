// The demo's clock: GET reads it, POST {"advance": "P1D"} moves it forward.
import { json } from '@sveltejs/kit';
import { requireDemo } from '#lib/server/http/demo.ts';
import { advanceClock, parseAdvance } from '#lib/server/use-cases/demo/advance-clock.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async () => {
	const { clock } = await requireDemo();
	return json({ now: clock.now().toISOString(), offset_ms: clock.offsetMs() });
};

export const POST: RequestHandler = async ({ request }) => {
	const { services, clock, sandbox } = await requireDemo();
	const body = (await request.json().catch(() => null)) as { advance?: unknown } | null;
	const byMs = typeof body?.advance === 'string' ? parseAdvance(body.advance) : null;
	if (byMs === null)
		return json(
			{
				error: {
					code: 'input_invalid',
					message: 'advance must be a duration such as P1D, P7D, P30D, PT6H (400 days at most)'
				}
			},
			{ status: 400 }
		);
	await advanceClock(services, clock, sandbox, byMs);
	return json({ now: clock.now().toISOString(), offset_ms: clock.offsetMs() });
};
