// Invoices: filtered, sorted and paged in the address, done in SQL.
import { follows } from '#lib/server/http/follows.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { readInvoiceList } from '#lib/server/use-cases/suppliers/read-invoices.ts';
import { InvoiceListQuery } from '#lib/contract/lists.ts';
import { house } from '#lib/server/wiring.ts';
import * as v from 'valibot';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	follows(event, 'invoices');
	const scope = requireMember(event);
	const query = v.parse(InvoiceListQuery, Object.fromEntries(event.url.searchParams));
	const { etat, q, tri, apres } = query;
	const list = await readInvoiceList((await house()).services, scope, {
		...(etat ? { status: etat } : {}),
		...(q ? { search: q } : {}),
		sort: tri,
		after: apres ?? null
	});
	return { ...list, query };
};
