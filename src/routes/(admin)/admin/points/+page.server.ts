// The points programme: its draft is saved, tried, published; its end is announced.
import { fail } from '@sveltejs/kit';
import { endFormFrom } from '#lib/contract/end-form.ts';
import { programmeFormFrom, withRows, type ProgrammeForm } from '#lib/contract/programme-form.ts';
import { programmeFormOf } from '#lib/contract/programme-form-of.ts';
import { readProgrammeForm } from '#lib/contract/read-programme-form.ts';
import type { Refusal } from '#lib/contract/refusals.ts';
import { DEFAULT_PROGRAMME } from '#lib/domain/points/default-programme.ts';
import { wholeIn } from '#lib/contract/typed.ts';
import { failWith, refusalBody } from '#lib/server/http/answer.ts';
import { refuseOrConfirm } from '#lib/server/http/confirm-first.ts';
import { follows } from '#lib/server/http/follows.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { statusOf } from '#lib/server/http/refusal-status.ts';
import { newId } from '#lib/server/identity.ts';
import * as programme from '#lib/server/use-cases/points/manage-programme.ts';
import { readLastYear, readProgramme, readTrial } from '#lib/server/use-cases/points/read-programme.ts';
import { house } from '#lib/server/wiring.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = async (event) => {
	follows(event, 'points', 'payments', 'invoices');
	const scope = requireMember(event);
	const { services } = await house();
	const editor = await readProgramme(services, scope, event.locals.locale);
	const form = editor.form ?? programmeFormOf(DEFAULT_PROGRAMME, event.locals.locale);
	const defaultTierNames = DEFAULT_PROGRAMME.tiers.map((tier) => tier.name[event.locals.locale]);
	const trial = await readTrial(services, scope, readProgrammeForm(form).terms);
	return { editor, defaultTierNames, trial, onTime: await readLastYear(services, scope) };
};

/** The draft is kept first: publishing publishes what is on the screen. Whatever is wrong, everything comes back as it was typed. */
async function save(event: RequestEvent, fields: FormData, seen?: number) {
	const scope = requireMember(event);
	const { services } = await house();
	const form = programmeFormFrom(fields, newId);
	const { terms, problems } = readProgrammeForm(form);
	if (problems.length) return { scope, services, form, saved: null, failed: fail(400, { form, problems }) };
	const saved = await programme.saveProgramme(services, scope, terms, seen);
	if (saved.ok) return { scope, services, form, saved: saved.value, failed: null };
	return { scope, services, form, saved: null, failed: refuseTyped(event, saved.refusal, form) };
}
const refuseTyped = ({ locals }: RequestEvent, refusal: Refusal, form: ProgrammeForm) =>
	fail(statusOf(refusal.code), { ...refusalBody(refusal, locals.locale), form });

export const actions: Actions = {
	commencer: async (event) => {
		const begun = await programme.beginProgramme((await house()).services, requireMember(event), DEFAULT_PROGRAMME);
		return begun.ok ? { saved: true } : failWith(begun.refusal, event.locals.locale);
	},
	/** A tier or a reward more or less. Nothing is kept, and nothing that was typed is lost. */
	lignes: async (event) => {
		requireMember(event);
		const fields = await event.request.formData();
		const text = (name: string) => String(fields.get(name) ?? '');
		const asked = { add: text('ajouter'), remove: text('retirer') };
		return { form: withRows(programmeFormFrom(fields, newId), asked, newId) };
	},
	enregistrer: async (event) => {
		const { failed } = await save(event, await event.request.formData());
		return failed ?? { saved: true };
	},
	publier: async (event) => {
		const unproven = programme.refusePublishingProgramme((await house()).services, requireMember(event));
		const fields = await event.request.formData();
		// Nothing is saved before the proof: the whole form comes back with it.
		if (unproven?.refusal.code === 'proof_needed') return refuseOrConfirm(event, unproven.refusal, 'offer', fields);
		const { scope, services, form, saved, failed } = await save(event, fields, wholeIn(fields, 'version'));
		if (failed) return failed;
		const published = await programme.publishProgramme(services, scope, saved);
		return published.ok ? { published: published.value.version } : refuseTyped(event, published.refusal, form);
	},
	supprimer: async (event) => {
		const scope = requireMember(event);
		const fields = await event.request.formData();
		const meant = { begunAt: wholeIn(fields, 'brouillon') };
		const result = await programme.deleteDraft((await house()).services, scope, meant);
		return result.ok ? { deleted: true } : refuseTyped(event, result.refusal, programmeFormFrom(fields, newId));
	},
	terminer: async (event) => {
		const scope = requireMember(event);
		const fields = await event.request.formData();
		const { typed, end } = endFormFrom(fields);
		if (!end) return fail(400, { end: typed });
		const meant = { ...end, begunAt: wholeIn(fields, 'brouillon') };
		const result = await programme.endProgramme((await house()).services, scope, meant);
		if (result.ok) return { ended: true };
		const { refusal } = result;
		if (refusal.code === 'proof_needed') return refuseOrConfirm(event, refusal, 'offer', fields);
		const earliest = refusal.code === 'programme_ends_too_soon' ? refusal.detail : undefined;
		const body = { ...refusalBody(refusal, event.locals.locale), end: { ...typed, earliest } };
		return fail(statusOf(refusal.code), body);
	}
};
