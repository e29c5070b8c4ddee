// What the rules on the screen, saved or not, would have given on the payments of the last twelve months.
import { json } from '@sveltejs/kit';
import { toJson } from '#lib/contract/offers.ts';
import { programmeFormFrom } from '#lib/contract/programme-form.ts';
import { readProgrammeForm } from '#lib/contract/read-programme-form.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { newId } from '#lib/server/identity.ts';
import { readTrial } from '#lib/server/use-cases/points/read-programme.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async (event) => {
	const scope = requireMember(event);
	const { terms, problems } = readProgrammeForm(programmeFormFrom(await event.request.formData(), newId));
	return json(problems.length ? null : toJson(await readTrial((await house()).services, scope, terms)));
};
