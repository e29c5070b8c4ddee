// One mail of the demo's mailbox.
import { error } from '@sveltejs/kit';
import { requireDemo } from '#lib/server/http/demo.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params }) => {
	const { sandbox } = await requireDemo();
	const mail = (await sandbox.mails(null)).find((candidate) => candidate.id === params.id);
	if (!mail) error(404, 'Not found');
	return { mail: { ...mail, to: mail.to.join(', ') } };
};
