// The chosen invoices, ready to be paid together; more than one payment takes, as several payments.
import { error } from '@sveltejs/kit';
import { INVOICES_PER_PAYMENT, isUuid } from '#lib/contract/payments.ts';
import { follows } from '#lib/server/http/follows.ts';
import { requireContact } from '#lib/server/http/guards.ts';
import { readPayView } from '#lib/server/use-cases/payments/read-pay-view.ts';
import { splitChoice } from '#lib/server/use-cases/payments/split-choice.ts';
import { house } from '#lib/server/wiring.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	// Whatever this client hears: its past, its points and its other invoices count in the price.
	follows(event, 'clients');
	const scope = requireContact(event);
	const ids = [...new Set(event.url.searchParams.getAll('facture'))];
	if (!ids.length || !ids.every(isUuid)) error(404, 'Not found');
	const { services } = await house();
	if (ids.length > INVOICES_PER_PAYMENT)
		return { view: null, lots: await splitChoice(services, scope, ids), chosen: ids.length };
	const points = Number(event.url.searchParams.get('points') ?? 0);
	const usePoints = Number.isSafeInteger(points) && points > 0 ? points : 0;
	const result = await readPayView(services, scope, ids, event.locals.locale, { usePoints });
	if (!result.ok) error(404, 'Not found');
	return { view: result.value };
};
