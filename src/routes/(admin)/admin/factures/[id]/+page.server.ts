// One invoice: tries, payments, links, mails. A member may send it again or revoke a link.
import { error } from '@sveltejs/kit';
import { isUuid } from '#lib/contract/payments.ts';
import { failWith } from '#lib/server/http/answer.ts';
import { refuseOrConfirm } from '#lib/server/http/confirm-first.ts';
import { followsClient } from '#lib/server/http/follows.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { declareNotPaid, declarePaid } from '#lib/server/http/declare.ts';
import { revokeLink, sendInvoice } from '#lib/server/use-cases/access/pay-links.ts';
import { parseCivilDate } from '#lib/domain/calendar/civil-date.ts';
import { holdInvoice } from '#lib/server/use-cases/invoices/hold-invoice.ts';
import { openHere } from '#lib/server/use-cases/invoices/open-here.ts';
import { setDeliveryDay } from '#lib/server/use-cases/invoices/set-delivery-day.ts';
import { readAdminInvoice } from '#lib/server/use-cases/suppliers/read-invoices.ts';
import { house } from '#lib/server/wiring.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = async (event) => {
	const scope = requireMember(event);
	const result = isUuid(event.params.id)
		? await readAdminInvoice((await house()).services, scope, event.params.id)
		: null;
	if (!result?.ok) error(404, 'Not found');
	followsClient(event, result.value.clientId);
	return { detail: result.value };
};

async function hold(event: RequestEvent, change: Parameters<typeof holdInvoice>[3]) {
	const scope = requireMember(event);
	const id = event.params.id ?? '';
	if (!isUuid(id)) error(404, 'Not found');
	const result = await holdInvoice((await house()).services, scope, id, change);
	return result.ok ? { held: change.reason !== null } : failWith(result.refusal, event.locals.locale);
}
export const actions: Actions = {
	envoyer: async (event) => {
		const scope = requireMember(event);
		if (!isUuid(event.params.id)) error(404, 'Not found');
		const result = await sendInvoice((await house()).services, scope, event.params.id);
		return result.ok
			? { sentTo: result.value.sentTo.join(', ') }
			: refuseOrConfirm(event, result.refusal, 'mail', await event.request.formData());
	},
	livraison: async (event) => {
		const scope = requireMember(event);
		if (!isUuid(event.params.id)) error(404, 'Not found');
		const text = String((await event.request.formData()).get('livree') ?? '');
		const day = text ? parseCivilDate(text) : null;
		if (text && !day) return failWith({ code: 'input_invalid', detail: { field: 'livree' } }, event.locals.locale);
		const result = await setDeliveryDay((await house()).services, scope, event.params.id, day);
		return result.ok ? { delivered: true } : failWith(result.refusal, event.locals.locale);
	},
	ouvrir: async (event) => {
		const scope = requireMember(event);
		if (!isUuid(event.params.id)) error(404, 'Not found');
		const result = await openHere((await house()).services, scope, event.params.id);
		return result.ok ? { opened: true } : failWith(result.refusal, event.locals.locale);
	},
	suspendre: async (event) => {
		const form = await event.request.formData();
		const reason = String(form.get('motif') ?? '');
		const text = String(form.get('jusqu') ?? '');
		const until = text ? parseCivilDate(text) : null;
		if ((reason !== 'disputed' && reason !== 'promised') || (text && !until))
			return failWith({ code: 'input_invalid', detail: { field: until ? 'motif' : 'jusqu' } }, event.locals.locale);
		return hold(event, { reason, until });
	},
	reprendre: (event) => hold(event, { reason: null, until: null }),
	encaisse: (event) => declarePaid(event, event.params.id),
	impaye: (event) => declareNotPaid(event, event.params.id),
	revoquer: async (event) => {
		const scope = requireMember(event);
		const id = String((await event.request.formData()).get('lien') ?? '');
		if (!isUuid(id)) error(404, 'Not found');
		const result = await revokeLink((await house()).services, scope, id);
		return result.ok ? { revoked: true } : failWith(result.refusal, event.locals.locale);
	}
};
