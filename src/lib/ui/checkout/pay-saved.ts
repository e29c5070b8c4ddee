// The way of a payment from the page to the server; and paying with a means of payment that is kept, where nothing is typed.
import { bring } from '#lib/client/renew.ts';
import { expectedParts } from '#lib/contract/expected-parts.ts';
import type { OptionView, PayView } from '#lib/contract/views.ts';
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';

export type Answer = {
	attemptId: string;
	status: string;
	clientSecret: string | null;
	message: string | null;
	error?: { code: string; message: string };
};
export async function post(url: string, body?: unknown): Promise<Answer> {
	const response = await fetch(url, {
		method: 'POST',
		...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {})
	});
	return response.json();
}

const TRIES = 3;
/** The same body until there is an answer: the id makes it the same payment however often it is sent. null: nobody answers. */
export async function sendPayment(
	url: string,
	body: Record<string, unknown>
): Promise<{ status: number; body: Answer } | null> {
	for (let attempt = 1; attempt <= TRIES; attempt++) {
		try {
			const response = await fetch(url, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify(body)
			});
			if (response.status < 500) return { status: response.status, body: await response.json() };
		} catch {
			await new Promise((done) => setTimeout(done, 800 * attempt));
		}
	}
	return null;
}

export type SavedPayment = {
	attemptId: string;
	/** null: the one of the plan. */
	savedMethodId: string | null;
	option: OptionView;
	/** Its owner has read that the card ends before the last instalment. */
	cardMayEnd?: boolean;
};
/** What went wrong, '' when nothing did; whether it is that the card ends before the last instalment. */
type SavedOutcome = { problem: string; cardEnds: boolean };
export async function paySaved(
	view: PayView,
	{ payUrl, checkUrl }: { payUrl: string; checkUrl: (attemptId: string) => string },
	{ attemptId, savedMethodId, option, cardMayEnd = false }: SavedPayment
): Promise<SavedOutcome> {
	const said = (problem: string, cardEnds = false): SavedOutcome => ({ problem, cardEnds });
	const body = {
		attemptId,
		confirmationTokenId: null,
		savedMethodId,
		invoiceIds: view.invoices.map((invoice) => invoice.invoiceId),
		option: option.kind,
		expectedAmountMinor: String(option.dueNowMinor),
		usePoints: option.pointsUsed?.points,
		expectedParts: expectedParts(option),
		...(cardMayEnd ? { cardMayEnd } : {})
	};
	try {
		const sent = await sendPayment(payUrl, body);
		if (!sent) return said(m.stripe_unavailable_text());
		let answer = sent.body;
		if (answer.status === 'awaiting_auth' && answer.clientSecret) {
			const { resumeAuthentication } = await bring(() => import('./stripe-checkout.ts'));
			await resumeAuthentication({ stripe: view.stripe, locale: getLocale() }, answer.clientSecret);
			answer = await post(checkUrl(attemptId));
		}
		// 202: nobody knows yet; the page looks for the answer and shows it.
		if (sent.status === 202) return said('');
		if (answer.error) return said(answer.error.message, answer.error.code === 'card_ends_early');
		return said(answer.status === 'declined' ? (answer.message ?? '') : '');
	} catch {
		return said(m.stripe_unavailable_text());
	}
}
