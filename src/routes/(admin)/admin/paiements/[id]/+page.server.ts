// One payment, and giving it back.
import { error, fail } from '@sveltejs/kit';
import * as v from 'valibot';
import { isUuid } from '#lib/contract/payments.ts';
import { RefundConfirmation, RefundForm } from '#lib/contract/refunds.ts';
import { failWith } from '#lib/server/http/answer.ts';
import { refuseOrConfirm } from '#lib/server/http/confirm-first.ts';
import { follows } from '#lib/server/http/follows.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { declareNotRefunded, declareRefunded } from '#lib/server/http/declare.ts';
import { previewRefund } from '#lib/server/use-cases/payments/preview-refund.ts';
import { requestRefund } from '#lib/server/use-cases/payments/request-refund.ts';
import { readAdminPayment } from '#lib/server/use-cases/suppliers/read-payments.ts';
import { house } from '#lib/server/wiring.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	follows(event, 'payments');
	const scope = requireMember(event);
	const result = isUuid(event.params.id)
		? await readAdminPayment((await house()).services, scope, event.params.id)
		: null;
	if (!result?.ok) error(404, 'Not found');
	return { detail: result.value, refundRequestId: crypto.randomUUID() };
};

/** Which field is to be typed again. */
const problemOf = ({ issues }: { issues?: readonly v.BaseIssue<unknown>[] | undefined }): 'amount' | 'note' =>
	issues?.some((issue) => issue.path?.[0]?.key === 'montant') ? 'amount' : 'note';

export const actions: Actions = {
	/** What would follow, before anything leaves. */
	verifier: async (event) => {
		const scope = requireMember(event);
		const values = Object.fromEntries(await event.request.formData()) as Record<string, string>;
		const read = v.safeParse(RefundForm, values);
		if (!read.success || !isUuid(event.params.id)) return fail(400, { problem: problemOf(read), values });
		const { refundRequestId, montant, sens, motif } = read.output;
		const result = await previewRefund((await house()).services, scope, {
			paymentId: event.params.id,
			amountMinor: montant,
			meaning: sens,
			note: motif
		});
		return result.ok
			? { preview: { ...result.value, refundRequestId, typed: values.montant ?? '' } }
			: failWith(result.refusal, event.locals.locale, values);
	},
	/** Back to what was typed: nothing of it goes through an address, which would be logged. */
	modifier: async (event) => {
		requireMember(event);
		return { values: Object.fromEntries(await event.request.formData()) as Record<string, string> };
	},
	rembourse: (event) => declareRefunded(event, event.params.id),
	nonrembourse: (event) => declareNotRefunded(event, event.params.id),
	rembourser: async (event) => {
		const scope = requireMember(event);
		const form = await event.request.formData();
		const values = Object.fromEntries(form) as Record<string, string>;
		const read = v.safeParse(RefundConfirmation, values);
		if (!read.success || !isUuid(event.params.id)) return fail(400, { problem: problemOf(read), values });
		const { refundRequestId, montant, sens, motif, vu } = read.output;
		const result = await requestRefund((await house()).services, scope, {
			refundRequestId,
			paymentId: event.params.id,
			amountMinor: montant,
			meaning: sens,
			note: motif,
			seenMinor: vu
		});
		return result.ok ? { refunded: true } : refuseOrConfirm(event, result.refusal, 'refund', form, values);
	}
};
