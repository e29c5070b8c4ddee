// One invoice of the client.
import { error } from '@sveltejs/kit';
import { isUuid } from '#lib/contract/payments.ts';
import { follows } from '#lib/server/http/follows.ts';
import { requireContact } from '#lib/server/http/guards.ts';
import { readInvoiceDetail } from '#lib/server/use-cases/invoices/read-portal.ts';
import { house } from '#lib/server/wiring.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	// Whatever this client hears: its past, its points and its other invoices count in the price.
	follows(event, 'clients');
	const scope = requireContact(event);
	const result = isUuid(event.params.id)
		? await readInvoiceDetail((await house()).services, scope, event.params.id)
		: null;
	if (!result?.ok) error(404, 'Not found');
	return { detail: result.value };
};
