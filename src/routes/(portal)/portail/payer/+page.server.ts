// The chosen invoices, ready to be paid together.
import { error } from '@sveltejs/kit';
import { isUuid } from '#lib/contract/payments.ts';
import { requireContact } from '#lib/server/http/guards.ts';
import { readPayView } from '#lib/server/use-cases/payments/read-pay-view.ts';
import { house } from '#lib/server/wiring.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	const scope = requireContact(event);
	const ids = [...new Set(event.url.searchParams.getAll('facture'))];
	if (!ids.length || ids.length > 50 || !ids.every(isUuid)) error(404, 'Not found');
	const result = await readPayView((await house()).services, scope, ids, event.locals.locale);
	if (!result.ok) error(404, 'Not found');
	return { view: result.value };
};
