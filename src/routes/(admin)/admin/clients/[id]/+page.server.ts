// One client: contacts, groups, invoices, payments.
import { error } from '@sveltejs/kit';
import { isUuid } from '#lib/contract/payments.ts';
import { failWith } from '#lib/server/http/answer.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { groupClient } from '#lib/server/use-cases/clients/group-client.ts';
import { readAdminClient } from '#lib/server/use-cases/suppliers/read-admin.ts';
import { house } from '#lib/server/wiring.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	const scope = requireMember(event);
	const result = isUuid(event.params.id)
		? await readAdminClient((await house()).services, scope, event.params.id)
		: null;
	if (!result?.ok) error(404, 'Not found');
	return { detail: result.value };
};

export const actions: Actions = {
	grouper: async (event) => {
		const scope = requireMember(event);
		if (!isUuid(event.params.id)) error(404, 'Not found');
		const data = await event.request.formData();
		const result = await groupClient((await house()).services, scope, {
			clientId: event.params.id,
			groupIds: data.getAll('groupe').map(String).filter(isUuid),
			newName: String(data.get('nouveau') ?? '')
		});
		return result.ok ? { grouped: true } : failWith(result.refusal, event.locals.locale);
	}
};
