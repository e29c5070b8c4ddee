// The demo's faults: GET lists, POST {"name"} sets, DELETE ?name= clears one, DELETE clears all.
import { json } from '@sveltejs/kit';
import { requireDemo } from '#lib/server/http/demo.ts';
import { clearFault, FAULTS, isFault, listFaults, setFault } from '#lib/server/use-cases/demo/faults.ts';
import type { RequestHandler } from './$types';

const unknown = () =>
	json({ error: { code: 'input_invalid', message: `name must be one of ${FAULTS.join(', ')}` } }, { status: 400 });

export const GET: RequestHandler = async () => json({ faults: await listFaults((await requireDemo()).sandbox) });
export const POST: RequestHandler = async ({ request }) => {
	const { sandbox } = await requireDemo();
	const { name = '' } = ((await request.json().catch(() => null)) ?? {}) as { name?: string };
	if (!isFault(name)) return unknown();
	await setFault(sandbox, name);
	return json({ faults: await listFaults(sandbox) });
};
export const DELETE: RequestHandler = async ({ url }) => {
	const { sandbox } = await requireDemo();
	const name = url.searchParams.get('name');
	if (name !== null && !isFault(name)) return unknown();
	await (name === null ? sandbox.clearAll() : clearFault(sandbox, name));
	return json({ faults: await listFaults(sandbox) });
};
