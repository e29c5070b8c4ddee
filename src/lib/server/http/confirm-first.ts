// An act was refused because nobody has proved to be there of late: what was typed waits, the person is asked, and then sends it.
// By redirect, so that it works without a script.
import { redirect, type RequestEvent } from '@sveltejs/kit';
import type { Refusal } from '../../contract/refusals.ts';
import type { GuardedAct } from '../../domain/access/fresh-proof.ts';
import { failWith } from './answer.ts';
import { keepForm } from './kept-forms.ts';

/** The refusal as the page shows it; or, if only the proof is missing, the way to it. */
export async function refuseOrConfirm(
	event: Pick<RequestEvent, 'locals' | 'url' | 'cookies'>,
	refusal: Refusal,
	act: GuardedAct,
	form: FormData,
	values: Record<string, string> = {}
) {
	const { subject, locale } = event.locals;
	const isKept = refusal.code === 'proof_needed' && subject !== null && (await keepForm(event, subject, act, form));
	if (!isKept) return failWith(refusal, locale, values);
	redirect(303, '/admin/confirmer');
}
