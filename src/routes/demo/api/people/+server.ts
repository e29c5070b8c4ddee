// People of the demo with their sign-in and pay links.
import { json } from '@sveltejs/kit';
import { requireDemo } from '#lib/server/http/demo.ts';
import { listPeople } from '#lib/server/use-cases/demo/list-people.ts';

export const GET = async () => json({ people: await listPeople((await requireDemo()).services) });
