// Settings: members, one's own sessions, API keys.
import { error } from '@sveltejs/kit';
import { isUuid } from '#lib/contract/payments.ts';
import { failWith } from '#lib/server/http/answer.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { createApiKey, endApiKey, listKeys } from '#lib/server/use-cases/access/api-keys.ts';
import { readSessions } from '#lib/server/use-cases/access/sessions.ts';
import { billingFrom } from '#lib/contract/billing.ts';
import * as v from 'valibot';
import { readBilling, saveBilling } from '#lib/server/use-cases/suppliers/save-billing.ts';
import { readMembers } from '#lib/server/use-cases/suppliers/read-admin.ts';
import { house } from '#lib/server/wiring.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	const scope = requireMember(event);
	const { services } = await house();
	const keys = await listKeys(services, scope);
	return {
		billing: await readBilling(services, scope),
		members: await readMembers(services, scope),
		sessions: await readSessions(services, event.locals.subject!),
		keys: keys.map(({ apiKeyId, name, lastFour, createdAt, revokedAt }) => ({
			apiKeyId,
			name,
			lastFour,
			createdAt,
			revokedAt
		}))
	};
};

export const actions: Actions = {
	facturation: async (event) => {
		const scope = requireMember(event);
		const read = billingFrom(await event.request.formData());
		if (!read.success)
			return failWith(
				{ code: 'input_invalid', detail: { field: v.getDotPath(read.issues[0]) ?? '' } },
				event.locals.locale
			);
		const result = await saveBilling((await house()).services, scope, read.output);
		return result.ok ? { billed: true } : failWith(result.refusal, event.locals.locale);
	},
	creer: async (event) => {
		const scope = requireMember(event);
		const result = await createApiKey(
			(await house()).services,
			scope,
			String((await event.request.formData()).get('nom') ?? '')
		);
		return result.ok ? { key: result.value.key } : failWith(result.refusal, event.locals.locale);
	},
	revoquer: async (event) => {
		const scope = requireMember(event);
		const id = String((await event.request.formData()).get('cle') ?? '');
		if (!isUuid(id)) error(404, 'Not found');
		const result = await endApiKey((await house()).services, scope, id);
		return result.ok ? { ended: true } : failWith(result.refusal, event.locals.locale);
	}
};
