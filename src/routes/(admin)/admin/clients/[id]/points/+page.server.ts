// One client's points: its history; the balance corrected by hand, their use frozen or free again, each with a reason.
import { error, type RequestEvent } from '@sveltejs/kit';
import { cursorFrom } from '#lib/contract/lists.ts';
import { isUuid } from '#lib/contract/payments.ts';
import { typedWhole } from '#lib/contract/typed.ts';
import { failWith } from '#lib/server/http/answer.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { newId } from '#lib/server/identity.ts';
import { adjustPoints, freezePoints } from '#lib/server/use-cases/points/adjust-points.ts';
import { readClientPoints } from '#lib/server/use-cases/points/read-client-points.ts';
import { house } from '#lib/server/wiring.ts';
import type { Actions, PageServerLoad } from './$types';

const clientOf = (id: string | undefined): string => (id && isUuid(id) ? id : error(404, 'Not found'));

export const load: PageServerLoad = async (event) => {
	const scope = requireMember(event);
	const after = cursorFrom(event.url.searchParams, 'apres');
	const result = await readClientPoints((await house()).services, scope, clientOf(event.params.id), after);
	if (!result.ok) error(404, 'Not found');
	// Minted with the form: sent twice, it corrects once.
	return { points: result.value, adjustmentId: newId() };
};

async function freeze(event: RequestEvent, reason: (fields: FormData) => string | null) {
	const scope = requireMember(event);
	const clientId = clientOf(event.params.id);
	const why = reason(await event.request.formData());
	const result = await freezePoints((await house()).services, scope, { clientId, reason: why });
	if (!result.ok) return failWith(result.refusal, event.locals.locale);
	return { frozen: why !== null };
}

export const actions: Actions = {
	corriger: async (event) => {
		const scope = requireMember(event);
		const clientId = clientOf(event.params.id);
		const fields = await event.request.formData();
		const text = (name: string) => String(fields.get(name) ?? '').slice(0, 300);
		const values = { points: text('points'), reason: text('motif') };
		const points = typedWhole(values.points);
		if (points === null || !isUuid(text('correction')))
			return failWith({ code: 'input_invalid', detail: { field: 'points' } }, event.locals.locale, values);
		const asked = { adjustmentId: text('correction'), clientId, points, reason: values.reason };
		const result = await adjustPoints((await house()).services, scope, asked);
		return result.ok ? { balance: result.value.balance } : failWith(result.refusal, event.locals.locale, values);
	},
	suspendre: (event) => freeze(event, (fields) => String(fields.get('motif') ?? '').slice(0, 300)),
	reprendre: (event) => freeze(event, () => null)
};
