// One offer: its draft is saved, published, thrown away; what is published is ended. Each says which version it means.
import { error, redirect } from '@sveltejs/kit';
import { formFrom, readForm } from '#lib/contract/offer-form.ts';
import { searchFrom } from '#lib/contract/lists.ts';
import { isUuid } from '#lib/contract/payments.ts';
import type { Scope } from '#lib/domain/access/scope.ts';
import { wholeIn } from '#lib/contract/typed.ts';
import { failWith } from '#lib/server/http/answer.ts';
import { refuseOrConfirm } from '#lib/server/http/confirm-first.ts';
import { follows } from '#lib/server/http/follows.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { saveOffer } from '#lib/server/http/save-offer.ts';
import {
	deletePolicyDraft,
	endPolicy,
	publishPolicy,
	refusePublishing
} from '#lib/server/use-cases/offers/manage-policies.ts';
import { findAudience, readOfferEditor, readSimulation } from '#lib/server/use-cases/offers/read-offers.ts';
import type { Services } from '#lib/server/services.ts';
import type { Result } from '#lib/server/use-cases/run.ts';
import { newId } from '#lib/server/identity.ts';
import { house } from '#lib/server/wiring.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

const NEW = 'nouvelle';
const idOf = (id: string): string | null => (id === NEW ? null : isUuid(id) ? id : error(404, 'Not found'));

export const load: PageServerLoad = async (event) => {
	follows(event, 'offers', 'clients'); // tried on the invoices there are, and on those that were paid
	const [scope, { services }] = [requireMember(event), await house()];
	const result = await readOfferEditor(services, scope, idOf(event.params.id), {
		locale: event.locals.locale,
		search: searchFrom(event.url.searchParams, 'client')
	});
	if (!result.ok) error(404, 'Not found');
	// A new offer has its id from its first look: sent twice, it is one.
	return {
		offerId: newId(),
		editor: result.value,
		past: await readSimulation(services, scope, readForm(result.value.form).terms)
	};
};

type Drop = (services: Services, scope: Scope, policyId: string, fields: FormData) => Promise<Result<null>>;
const drop = (act: Drop) => async (event: RequestEvent) => {
	const scope = requireMember(event);
	const policyId = idOf(event.params.id);
	const { services } = await house();
	const result = policyId ? await act(services, scope, policyId, await event.request.formData()) : null;
	if (result && !result.ok) return failWith(result.refusal, event.locals.locale);
	redirect(303, '/admin/offres');
};

export const actions: Actions = {
	/** Clients by name. Nothing is kept, and nothing that was typed is lost. */
	chercher: async (event) => {
		const scope = requireMember(event);
		idOf(event.params.id);
		const fields = await event.request.formData();
		const form = formFrom(fields);
		return {
			form,
			clients: await findAudience((await house()).services, scope, form, searchFrom(fields, 'client'))
		};
	},
	enregistrer: async (event) => {
		const fields = await event.request.formData();
		const { scope, services, saved, failed } = await saveOffer(event, idOf(event.params.id), fields);
		if (failed) return failed;
		// Without a script, Enter in the search sends the form too: what was looked for is found besides.
		const search = searchFrom(fields, 'client');
		const searched = search && `?${new URLSearchParams({ client: search })}`;
		if (event.params.id === NEW) redirect(303, `/admin/offres/${saved.policyId}${searched}`);
		return { saved: true, ...(search && { clients: await findAudience(services, scope, formFrom(fields), search) }) };
	},
	publier: async (event) => {
		const unproven = refusePublishing((await house()).services, requireMember(event));
		const fields = await event.request.formData();
		// Nothing is saved before the proof: the whole form comes back with it.
		if (unproven?.refusal.code === 'proof_needed') return refuseOrConfirm(event, unproven.refusal, 'offer', fields);
		const { scope, services, saved, failed } = await saveOffer(event, idOf(event.params.id), fields, {
			version: wholeIn(fields, 'version')
		});
		if (failed) return failed;
		const published = await publishPolicy(services, scope, saved);
		if (!published.ok) {
			if (event.params.id === NEW) redirect(303, `/admin/offres/${saved.policyId}`);
			return failWith(published.refusal, event.locals.locale);
		}
		redirect(303, '/admin/offres');
	},
	supprimer: drop((services, scope, policyId, fields) =>
		deletePolicyDraft(services, scope, { policyId, begunAt: wholeIn(fields, 'brouillon') })
	),
	terminer: drop((services, scope, policyId, fields) =>
		endPolicy(services, scope, { policyId, version: wholeIn(fields, 'publiee') })
	)
};
