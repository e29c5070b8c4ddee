// Settings: members, what accountants may do, billing, API keys.
import { error } from '@sveltejs/kit';
import { isUuid } from '#lib/contract/payments.ts';
import { failWith } from '#lib/server/http/answer.ts';
import { refuseOrConfirm } from '#lib/server/http/confirm-first.ts';
import { follows } from '#lib/server/http/follows.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { createApiKey, endApiKey, listKeys } from '#lib/server/use-cases/access/api-keys.ts';
import { readAccountantRights, setAccountantRights } from '#lib/server/use-cases/suppliers/accountant-rights.ts';
import { newApiKeyFrom } from '#lib/contract/api-keys.ts';
import { billingFrom } from '#lib/contract/billing.ts';
import * as v from 'valibot';
import { readBilling, saveBilling } from '#lib/server/use-cases/suppliers/save-billing.ts';
import { forgetDevices } from '#lib/server/use-cases/suppliers/member-access.ts';
import { readMembers } from '#lib/server/use-cases/suppliers/manage-members.ts';
import { house } from '#lib/server/wiring.ts';
import type { Actions, PageServerLoad } from './$types';
import { required } from '#lib/domain/required.ts';

export const load: PageServerLoad = async (event) => {
	// What the supplier says of itself is told with its offers; of members and keys, nothing is.
	follows(event, 'offers');
	const scope = requireMember(event);
	const { services } = await house();
	const keys = await listKeys(services, scope);
	return {
		billing: await readBilling(services, scope),
		members: await readMembers(services, scope),
		selfId: required(event.locals.subject, 'person signed in').subjectId,
		rights: await readAccountantRights(services, scope),
		keys
	};
};

export const actions: Actions = {
	facturation: async (event) => {
		const scope = requireMember(event);
		const form = await event.request.formData();
		const read = billingFrom(form);
		if (!read.success)
			return failWith(
				{ code: 'input_invalid', detail: { field: v.getDotPath(read.issues[0]) ?? '' } },
				event.locals.locale
			);
		const result = await saveBilling((await house()).services, scope, read.output);
		return result.ok ? { billed: true } : refuseOrConfirm(event, result.refusal, 'billing', form);
	},
	droits: async (event) => {
		const scope = requireMember(event);
		const form = await event.request.formData();
		const choices = { mayRefund: form.has('rembourser'), mayPublish: form.has('publier') };
		const result = await setAccountantRights((await house()).services, scope, choices);
		return result.ok ? { granted: true } : refuseOrConfirm(event, result.refusal, 'rights', form);
	},
	oublier: async (event) => {
		const scope = requireMember(event);
		const form = await event.request.formData();
		const id = String(form.get('membre') ?? '');
		if (!isUuid(id)) error(404, 'Not found');
		const result = await forgetDevices((await house()).services, scope, id);
		return result.ok ? { forgotten: true } : refuseOrConfirm(event, result.refusal, 'member', form);
	},
	creer: async (event) => {
		const scope = requireMember(event);
		const form = await event.request.formData();
		const read = newApiKeyFrom(form);
		if (!read.success)
			return failWith(
				{ code: 'input_invalid', detail: { field: v.getDotPath(read.issues[0]) ?? '' } },
				event.locals.locale
			);
		const result = await createApiKey((await house()).services, scope, read.output);
		return result.ok ? { key: result.value.key } : refuseOrConfirm(event, result.refusal, 'keys', form);
	},
	revoquer: async (event) => {
		const scope = requireMember(event);
		const form = await event.request.formData();
		const id = String(form.get('cle') ?? '');
		if (!isUuid(id)) error(404, 'Not found');
		const result = await endApiKey((await house()).services, scope, id);
		return result.ok ? { ended: true } : refuseOrConfirm(event, result.refusal, 'keys', form);
	}
};
