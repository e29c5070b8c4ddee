// The demo: people to be, mailbox, clock, faults.
import { fail } from '@sveltejs/kit';
import { requireDemo } from '#lib/server/http/demo.ts';
import { advanceClock, parseAdvance } from '#lib/server/use-cases/demo/advance-clock.ts';
import { clearFault, isFault, listFaults, setFault } from '#lib/server/use-cases/demo/faults.ts';
import { listPeople } from '#lib/server/use-cases/demo/list-people.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async () => {
	const { services, sandbox, clock } = await requireDemo();
	const mails = await sandbox.mails(null);
	return {
		now: clock.now(),
		people: await listPeople(services),
		faults: await listFaults(sandbox),
		mails: mails.slice(0, 30).map(({ id, at, to, subject }) => ({ id, at, to: to.join(', '), subject }))
	};
};

export const actions: Actions = {
	avancer: async ({ request }) => {
		const { services, sandbox, clock } = await requireDemo();
		const byMs = parseAdvance(String((await request.formData()).get('duree') ?? ''));
		if (byMs === null) return fail(400, {});
		await advanceClock(services, clock, sandbox, byMs);
	},
	panne: async ({ request }) => {
		const { sandbox } = await requireDemo();
		const form = await request.formData();
		const name = String(form.get('nom') ?? '');
		if (!isFault(name)) return fail(400, {});
		await (form.get('actif') === 'oui' ? clearFault(sandbox, name) : setFault(sandbox, name));
	}
};
