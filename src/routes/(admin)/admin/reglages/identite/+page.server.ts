// How the supplier presents itself to its clients: its logo, and what stands under its name.
import { LOGO_FIELD, typedIdentity } from '#lib/contract/identity.ts';
import { may } from '#lib/domain/access/scope.ts';
import { failWith } from '#lib/server/http/answer.ts';
import { refuseOrConfirm } from '#lib/server/http/confirm-first.ts';
import { follows } from '#lib/server/http/follows.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { changeIdentity, readIdentity } from '#lib/server/use-cases/suppliers/change-identity.ts';
import { changeLogo, removeLogo } from '#lib/server/use-cases/suppliers/change-logo.ts';
import { house } from '#lib/server/wiring.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	// What the supplier says of itself is told with its offers.
	follows(event, 'offers');
	const scope = requireMember(event);
	const { services } = await house();
	return {
		identity: await readIdentity(services, scope),
		mayChange: may(scope.actor, 'set_payee')
	};
};

export const actions: Actions = {
	logo: async (event) => {
		const scope = requireMember(event);
		const file = (await event.request.formData()).get(LOGO_FIELD);
		const bytes = file instanceof File ? new Uint8Array(await file.arrayBuffer()) : new Uint8Array();
		const result = await changeLogo((await house()).services, scope, bytes);
		return result.ok ? { did: 'logo' as const } : failWith(result.refusal, event.locals.locale);
	},
	retirer: async (event) => {
		const scope = requireMember(event);
		const result = await removeLogo((await house()).services, scope);
		return result.ok ? { did: 'removed' as const } : failWith(result.refusal, event.locals.locale);
	},
	enregistrer: async (event) => {
		const scope = requireMember(event);
		const form = await event.request.formData();
		const typed = typedIdentity(form);
		const result = await changeIdentity((await house()).services, scope, typed);
		return result.ok ? { did: 'identity' as const } : refuseOrConfirm(event, result.refusal, 'billing', form, typed);
	}
};
