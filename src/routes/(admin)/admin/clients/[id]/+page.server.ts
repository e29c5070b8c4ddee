// One client: contacts, groups, invoices, payments.
import { error } from '@sveltejs/kit';
import { readClientKind } from '#lib/contract/client-kinds.ts';
import { cursorFrom } from '#lib/contract/lists.ts';
import { isUuid } from '#lib/contract/payments.ts';
import { failWith } from '#lib/server/http/answer.ts';
import { refuseOrConfirm } from '#lib/server/http/confirm-first.ts';
import { followsClient } from '#lib/server/http/follows.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { addContact, changeRights } from '#lib/server/use-cases/clients/contacts.ts';
import { setKind } from '#lib/server/use-cases/clients/set-kind.ts';
import { refuse } from '#lib/server/use-cases/run.ts';
import { groupClient } from '#lib/server/use-cases/clients/group-client.ts';
import { readLoyaltyOfClient } from '#lib/server/use-cases/loyalty/read-loyalty.ts';
import { readAdminClient } from '#lib/server/use-cases/suppliers/read-clients.ts';
import { house } from '#lib/server/wiring.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	const scope = requireMember(event);
	const result = isUuid(event.params.id)
		? await readAdminClient((await house()).services, scope, event.params.id, {
				invoicesAfter: cursorFrom(event.url.searchParams, 'factures'),
				plansAfter: cursorFrom(event.url.searchParams, 'echeanciers'),
				paymentsAfter: cursorFrom(event.url.searchParams, 'reglements')
			})
		: null;
	if (!result?.ok) error(404, 'Not found');
	followsClient(event, result.value.client.clientId);
	return {
		detail: result.value,
		loyalty: await readLoyaltyOfClient((await house()).services, scope, event.params.id)
	};
};

const rightsOf = (data: FormData) => ({
	isBilling: data.get('facturation') === 'oui',
	hasPortal: data.get('espace') === 'oui',
	mayPay: data.get('paiement') === 'oui'
});
export const actions: Actions = {
	contact: async (event) => {
		const scope = requireMember(event);
		if (!isUuid(event.params.id)) error(404, 'Not found');
		const data = await event.request.formData();
		const result = await addContact((await house()).services, scope, {
			clientId: event.params.id,
			email: String(data.get('email') ?? ''),
			name: String(data.get('nom') ?? ''),
			rights: rightsOf(data)
		});
		return result.ok ? { told: true } : refuseOrConfirm(event, result.refusal, 'contact', data);
	},
	droits: async (event) => {
		const scope = requireMember(event);
		const data = await event.request.formData();
		const contactId = String(data.get('contact') ?? '');
		if (!isUuid(event.params.id) || !isUuid(contactId)) error(404, 'Not found');
		const change = { clientId: event.params.id, contactId, rights: rightsOf(data) };
		const result = await changeRights((await house()).services, scope, change);
		return result.ok ? { saved: true } : refuseOrConfirm(event, result.refusal, 'contact', data);
	},
	nature: async (event) => {
		const scope = requireMember(event);
		if (!isUuid(event.params.id)) error(404, 'Not found');
		const kind = readClientKind((await event.request.formData()).get('nature'));
		const result = kind
			? await setKind((await house()).services, scope, { clientId: event.params.id, kind })
			: refuse('input_invalid', { field: 'nature' });
		return result.ok ? { kindSaved: true } : failWith(result.refusal, event.locals.locale);
	},
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
