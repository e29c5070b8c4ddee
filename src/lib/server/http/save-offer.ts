// From the form of an offer to its draft: saved by itself, and before it is published.
import { fail, type RequestEvent } from '@sveltejs/kit';
import { searchFrom } from '../../contract/lists.ts';
import { formFrom, readForm } from '../../contract/offer-form.ts';
import { isUuid } from '../../contract/payments.ts';
import { newId } from '../identity.ts';
import { saveDraft } from '../use-cases/offers/manage-policies.ts';
import { findAudience } from '../use-cases/offers/read-offers.ts';
import { house } from '../wiring.ts';
import { refusalBody } from './answer.ts';
import { requireMember } from './guards.ts';
import { statusOf } from './refusal-status.ts';

/** The draft is kept first: publishing publishes what is on the screen. */
export async function saveOffer(
	event: RequestEvent,
	id: string | null,
	fields: FormData,
	seen: { version?: number } = {}
) {
	const scope = requireMember(event);
	const { services } = await house();
	const form = formFrom(fields);
	const { audience, terms, problems } = readForm(form);
	// Whatever is wrong, everything comes back as it was typed.
	const typed = async () => ({
		form,
		clients: await findAudience(services, scope, form, searchFrom(fields, 'client'))
	});
	if (problems.length) return { scope, services, saved: null, failed: fail(400, { ...(await typed()), problems }) };
	const minted = String(fields.get('offre') ?? '');
	const offer = id ? { policyId: id } : { policyId: isUuid(minted) ? minted : newId(), isNew: true };
	const saved = await saveDraft(services, scope, { ...offer, name: form.name, audience, terms, ...seen });
	return saved.ok
		? { scope, services, saved: saved.value, failed: null }
		: {
				scope,
				services,
				saved: null,
				failed: fail(statusOf(saved.refusal.code), {
					...refusalBody(saved.refusal, event.locals.locale),
					...(await typed())
				})
			};
}
