// An act was refused because nobody has proved to be there of late: what was typed waits on the session, the person is asked, and then sends it.
// By redirect, so that it works without a script.
import { redirect, type RequestEvent } from '@sveltejs/kit';
import type { Refusal } from '../../contract/refusals.ts';
import type { GuardedAct } from '../../domain/access/fresh-proof.ts';
import type { KeptForm } from '../store/schema/index.ts';
import { house } from '../wiring.ts';
import { failWith } from './answer.ts';

/** A form of which nothing came is not kept for ever. */
const KEPT_MS = 30 * 60_000;
type Asked = Pick<RequestEvent, 'locals' | 'url'>;

/** The refusal as the page shows it; or, if only the proof is missing, the way to it. */
export async function refuseOrConfirm(
	event: Asked,
	refusal: Refusal,
	act: GuardedAct,
	form: FormData,
	values: Record<string, string> = {}
) {
	const { sessionId } = event.locals;
	if (refusal.code !== 'proof_needed' || !sessionId) return failWith(refusal, event.locals.locale, values);
	const { sessions, services } = await house();
	const fields = [...form].flatMap(([name, value]): [string, string][] =>
		typeof value === 'string' ? [[name, value]] : []
	);
	await sessions.keepForm(sessionId, {
		act,
		action: event.url.pathname + event.url.search,
		fields,
		keptAt: services.clock.now().toISOString()
	});
	redirect(303, '/admin/confirmer');
}

export async function readKeptForm({ locals }: Pick<Asked, 'locals'>): Promise<KeptForm | null> {
	const { sessions, services } = await house();
	const kept = locals.sessionId ? await sessions.keptForm(locals.sessionId) : null;
	return kept && services.clock.now().getTime() - Date.parse(kept.keptAt) < KEPT_MS ? kept : null;
}
