// The demo's stage door: signs the visitor in as one of the people, without a mail. Exists only in the demo.
import { error, redirect } from '@sveltejs/kit';
import { scopeOfSubject } from '#lib/server/access/scopes.ts';
import { isUuid } from '#lib/contract/payments.ts';
import { requireDemo } from '#lib/server/http/demo.ts';
import { openSession } from '#lib/server/http/open-session.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) => {
	const { services } = await requireDemo();
	const [kind, supplierId = '', subjectId = ''] = event.params.who.split('.');
	if ((kind !== 'member' && kind !== 'contact') || !isUuid(supplierId) || !isUuid(subjectId)) error(404, 'Not found');
	const subject = { kind, supplierId, subjectId } as const;
	if (!(await scopeOfSubject(services, subject))) error(404, 'Not found');
	redirect(303, await openSession(event, subject, null, 'demo'));
};
