// The process can serve: the database answers.
import { isReady } from '#lib/server/use-cases/suppliers/check-ready.ts';
import { house } from '#lib/server/wiring.ts';

export const GET = async () => {
	const { services } = await house();
	const ready = await isReady(services);
	return new Response(ready ? 'ready' : 'database unreachable', { status: ready ? 200 : 503 });
};
