// One client: contacts, invoices, payments.
import { error } from '@sveltejs/kit';
import { isUuid } from '#lib/contract/payments.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { readAdminClient } from '#lib/server/use-cases/suppliers/read-admin.ts';
import { house } from '#lib/server/wiring.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	const scope = requireMember(event);
	const result = isUuid(event.params.id)
		? await readAdminClient((await house()).services, scope, event.params.id)
		: null;
	if (!result?.ok) error(404, 'Not found');
	return { detail: result.value };
};
