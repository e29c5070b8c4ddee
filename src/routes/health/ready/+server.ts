// The process can serve: the database answers and can keep something.
import { isReady } from '#lib/server/use-cases/suppliers/check-ready.ts';
import { house } from '#lib/server/wiring.ts';

export const GET = async () => {
	const { services } = await house();
	const ready = await isReady(services);
	return new Response(ready ? 'ready' : 'nothing can be kept', { status: ready ? 200 : 503 });
};
