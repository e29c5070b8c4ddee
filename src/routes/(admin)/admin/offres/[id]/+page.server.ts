// One offer: its draft is saved, published, ended.
import { error, fail, redirect } from '@sveltejs/kit';
import { formFrom, readForm } from '#lib/contract/offer-form.ts';
import { searchFrom } from '#lib/contract/lists.ts';
import { isUuid } from '#lib/contract/payments.ts';
import { failWith, refusalBody } from '#lib/server/http/answer.ts';
import { refuseOrConfirm } from '#lib/server/http/confirm-first.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { statusOf } from '#lib/server/http/refusal-status.ts';
import { endPolicy, publishPolicy, refusePublishing, saveDraft } from '#lib/server/use-cases/offers/manage-policies.ts';
import { findAudience, readOfferEditor, readSimulation } from '#lib/server/use-cases/offers/read-offers.ts';
import { house } from '#lib/server/wiring.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';
import { required } from '#lib/domain/required.ts';

const NEW = 'nouvelle';
const idOf = (id: string): string | null => (id === NEW ? null : isUuid(id) ? id : error(404, 'Not found'));

export const load: PageServerLoad = async (event) => {
	const scope = requireMember(event);
	const { services } = await house();
	const result = await readOfferEditor(services, scope, idOf(event.params.id), {
		locale: event.locals.locale,
		search: searchFrom(event.url.searchParams, 'client')
	});
	if (!result.ok) error(404, 'Not found');
	return { editor: result.value, past: await readSimulation(services, scope, readForm(result.value.form).terms) };
};

/** The draft is kept first: publishing publishes what is on the screen. */
async function save(event: RequestEvent) {
	const scope = requireMember(event);
	const { services } = await house();
	const fields = await event.request.formData();
	const form = formFrom(fields);
	const { audience, terms, problems } = readForm(form);
	// Whatever is wrong, everything comes back as it was typed.
	const typed = async () => ({
		form,
		clients: await findAudience(services, scope, form, searchFrom(fields, 'client'))
	});
	if (problems.length) return { scope, services, policyId: null, failed: fail(400, { ...(await typed()), problems }) };
	const saved = await saveDraft(services, scope, { policyId: idOf(event.params.id), name: form.name, audience, terms });
	return saved.ok
		? { scope, services, policyId: saved.value.policyId, failed: null }
		: {
				scope,
				services,
				policyId: null,
				failed: fail(statusOf(saved.refusal.code), {
					...refusalBody(saved.refusal, event.locals.locale),
					...(await typed())
				})
			};
}

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
		const { policyId, failed } = await save(event);
		if (failed) return failed;
		if (event.params.id === NEW) redirect(303, `/admin/offres/${policyId}`);
		return { saved: true };
	},
	publier: async (event) => {
		const unproven = refusePublishing((await house()).services, requireMember(event));
		// Nothing is saved before the proof: the whole form comes back with it.
		if (unproven?.refusal.code === 'proof_needed')
			return refuseOrConfirm(event, unproven.refusal, 'offer', await event.request.formData());
		const { scope, services, policyId, failed } = await save(event);
		if (failed) return failed;
		const published = await publishPolicy(services, scope, required(policyId, 'draft just saved'));
		if (!published.ok) {
			if (event.params.id === NEW) redirect(303, `/admin/offres/${policyId}`);
			return failWith(published.refusal, event.locals.locale);
		}
		redirect(303, '/admin/offres');
	},
	terminer: async (event) => {
		const scope = requireMember(event);
		const policyId = idOf(event.params.id);
		const result = policyId ? await endPolicy((await house()).services, scope, policyId) : null;
		if (result && !result.ok) return failWith(result.refusal, event.locals.locale);
		redirect(303, '/admin/offres');
	}
};
