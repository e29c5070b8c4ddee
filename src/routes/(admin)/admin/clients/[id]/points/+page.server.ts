// One client's points: its history; the balance corrected by hand, their use frozen or free again, each with a reason.
import { error, fail, type RequestEvent } from '@sveltejs/kit';
import { cursorFrom } from '#lib/contract/lists.ts';
import { isUuid } from '#lib/contract/payments.ts';
import type { Refusal } from '#lib/contract/refusals.ts';
import { typedWhole } from '#lib/contract/typed.ts';
import type { Locale } from '#lib/domain/money/format.ts';
import { byHandMistake } from '#lib/i18n/points-by-hand.ts';
import { refusalBody } from '#lib/server/http/answer.ts';
import { followsClient } from '#lib/server/http/follows.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { statusOf } from '#lib/server/http/refusal-status.ts';
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
	followsClient(event, result.value.clientId);
	// Minted with the form: sent twice, it corrects once.
	return { points: result.value, adjustmentId: newId() };
};

/** What a field can mend stands beside it; the rest above the page. */
function refused(refusal: Refusal, locale: Locale, { about, ...values }: { about: 'adjust' | 'stop' } & Values) {
	const mistake = byHandMistake(refusal, locale);
	return fail(statusOf(refusal.code), { about, values, ...(mistake ? { mistake } : refusalBody(refusal, locale)) });
}
type Values = { points?: string; reason?: string };

async function freeze(event: RequestEvent, reason: (fields: FormData) => string | null) {
	const scope = requireMember(event);
	const clientId = clientOf(event.params.id);
	const why = reason(await event.request.formData());
	const result = await freezePoints((await house()).services, scope, { clientId, reason: why });
	if (!result.ok) return refused(result.refusal, event.locals.locale, { about: 'stop', reason: why ?? '' });
	return { frozen: why !== null };
}
/** One more than is allowed: too long is said, not cut. */
const textIn = (fields: FormData, name: string): string => String(fields.get(name) ?? '').slice(0, 301);

export const actions: Actions = {
	corriger: async (event) => {
		const scope = requireMember(event);
		const clientId = clientOf(event.params.id);
		const fields = await event.request.formData();
		const typed = { about: 'adjust' as const, points: textIn(fields, 'points'), reason: textIn(fields, 'motif') };
		const adjustmentId = textIn(fields, 'correction');
		const points = typedWhole(typed.points);
		if (points === null || !isUuid(adjustmentId))
			return refused({ code: 'input_invalid', detail: { field: 'points' } }, event.locals.locale, typed);
		const asked = { adjustmentId, clientId, points, reason: typed.reason };
		const result = await adjustPoints((await house()).services, scope, asked);
		return result.ok ? { balance: result.value.balance } : refused(result.refusal, event.locals.locale, typed);
	},
	suspendre: (event) => freeze(event, (fields) => textIn(fields, 'motif')),
	reprendre: (event) => freeze(event, () => null)
};
