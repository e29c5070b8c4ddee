// Paying with a means of payment that is kept: nothing to type, and the bank may still want a word.
import type { OptionView, PayView } from '#lib/contract/views.ts';
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';

type Answer = { status: string; clientSecret: string | null; message?: string | null; error?: { message: string } };
export async function post(url: string, body?: unknown): Promise<Answer> {
	const response = await fetch(url, {
		method: 'POST',
		...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {})
	});
	return response.json();
}

export type SavedPayment = {
	attemptId: string;
	/** null: the one of the plan. */
	savedMethodId: string | null;
	option: OptionView;
};
const TRIES = 3;
/** The same body until there is an answer: the id makes it the same payment. Resolves with what went wrong, '' when nothing did. */
export async function paySaved(
	view: PayView,
	{ payUrl, checkUrl }: { payUrl: string; checkUrl: (attemptId: string) => string },
	{ attemptId, savedMethodId, option }: SavedPayment
): Promise<string> {
	const body = {
		attemptId,
		confirmationTokenId: null,
		savedMethodId,
		invoiceIds: view.invoices.map((invoice) => invoice.invoiceId),
		option: option.kind,
		expectedAmountMinor: String(option.dueNowMinor)
	};
	for (let attempt = 1; attempt <= TRIES; attempt++) {
		try {
			let answer = await post(payUrl, body);
			if (answer.status === 'awaiting_auth' && answer.clientSecret) {
				const { resumeAuthentication } = await import('./stripe-checkout.ts');
				await resumeAuthentication({ stripe: view.stripe, locale: getLocale() }, answer.clientSecret);
				answer = await post(checkUrl(attemptId));
			}
			return answer.error?.message ?? (answer.status === 'declined' ? (answer.message ?? '') : '');
		} catch {
			await new Promise((done) => setTimeout(done, 800 * attempt));
		}
	}
	return m.stripe_unavailable_text();
}
