// One payment, and giving it back.
import { error, fail } from '@sveltejs/kit';
import * as v from 'valibot';
import { isUuid } from '#lib/contract/payments.ts';
import { RefundForm } from '#lib/contract/refunds.ts';
import { refuseOrConfirm } from '#lib/server/http/confirm-first.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { requestRefund } from '#lib/server/use-cases/payments/request-refund.ts';
import { readAdminPayment } from '#lib/server/use-cases/suppliers/read-payments.ts';
import { house } from '#lib/server/wiring.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	const scope = requireMember(event);
	const result = isUuid(event.params.id)
		? await readAdminPayment((await house()).services, scope, event.params.id)
		: null;
	if (!result?.ok) error(404, 'Not found');
	return { detail: result.value, refundRequestId: crypto.randomUUID() };
};

export const actions: Actions = {
	rembourser: async (event) => {
		const scope = requireMember(event);
		const form = await event.request.formData();
		const values = Object.fromEntries(form) as Record<string, string>;
		const read = v.safeParse(RefundForm, values);
		if (!read.success || !isUuid(event.params.id)) return fail(400, { problem: 'amount', values });
		const { refundRequestId, montant } = read.output;
		const result = await requestRefund((await house()).services, scope, {
			refundRequestId,
			paymentId: event.params.id,
			amountMinor: montant
		});
		return result.ok ? { refunded: true } : refuseOrConfirm(event, result.refusal, 'refund', form, values);
	}
};
