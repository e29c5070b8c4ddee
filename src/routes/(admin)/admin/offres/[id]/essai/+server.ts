// What the offer on the screen, saved or not, would have cost on past invoices.
import { json } from '@sveltejs/kit';
import { formFrom, readForm } from '#lib/contract/offer-form.ts';
import { toJson } from '#lib/contract/offers.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { readSimulation } from '#lib/server/use-cases/offers/read-offers.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async (event) => {
	const scope = requireMember(event);
	const { terms, problems } = readForm(formFrom(await event.request.formData()));
	return json(problems.length ? null : toJson(await readSimulation((await house()).services, scope, terms)));
};
