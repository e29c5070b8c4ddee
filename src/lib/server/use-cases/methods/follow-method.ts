// Something happened to a kept means of payment at its bank or at Stripe: a card was replaced, a mandate revoked. Read again from Stripe; plans that
// counted on it say so to their clients before the next instalment falls due. Facts: plan.changed.
import type { Scope } from '../../../domain/access/scope.ts';
import type { MethodState } from '../../gateways/stripe/port.ts';
import type { Services } from '../../services.ts';
import { listPlansOfMethod } from '../../store/plans.ts';
import type { Tx } from '../../store/database.ts';
import {
	findMethodByStripeId,
	listMethodsOf,
	lockMethod,
	lockMethodByStripeId,
	saveMethod,
	type SavedMethod
} from '../../store/saved-methods.ts';
import { queuePlanMail } from '../mails/queue-mails.ts';
import { announce } from '../plans/apply-outcome.ts';
import { commit, read } from '../run.ts';

/** `methodOrMandateId` as the event names it. Harmless as often as it runs, and side by side: an answer that was overtaken is asked for again. */
export async function followMethod(
	services: Services,
	scope: Scope,
	account: string | null,
	methodOrMandateId: string
): Promise<void> {
	// Whose a mandate is, its first answer says: then it is asked for once more.
	let before = await read(services, scope, (tx) => findMethodByStripeId(tx, scope, methodOrMandateId));
	for (;;) {
		const state = await services.payments.retrieveMethod(account, methodOrMandateId);
		if (!state?.paymentMethodId) return;
		const { paymentMethodId } = state;
		const known = before;
		before = await commit(services, scope, (tx) =>
			saveState(services, scope, tx, { ...state, paymentMethodId }, known)
		);
		if (!before) return;
	}
}
/** Returns the row when it is not as it was before Stripe was asked: the answer may be older than what is in it, a card or a mandate that was revoked meanwhile. */
async function saveState(
	services: Services,
	scope: Scope,
	tx: Tx,
	state: MethodState & { paymentMethodId: string },
	before: SavedMethod | null
): Promise<SavedMethod | null> {
	const method = await lockMethodByStripeId(tx, scope, state.paymentMethodId);
	if (!method || method.removedAt) return null;
	// Of an older mandate of the same account: what counts is the one that stands.
	if (state.mandateId && method.mandateId && state.mandateId !== method.mandateId) return null;
	if (!before || !saysTheSame(before, method)) return method;
	const now = services.clock.now();
	await saveMethod(tx, scope, method.methodId, {
		label: state.methodLabel ?? method.label,
		expiryMonth: state.expiryMonth,
		expiryYear: state.expiryYear,
		unusableAt: standsAfter(state, method) ? null : (method.unusableAt ?? now)
	});
	const isLostNow = !state.isUsable && !method.unusableAt;
	await tellPlans(tx, scope, now, { methodId: method.methodId, isLostNow });
	return null;
}
const saysTheSame = (a: SavedMethod, b: SavedMethod): boolean =>
	a.label === b.label &&
	a.expiryMonth === b.expiryMonth &&
	a.expiryYear === b.expiryYear &&
	a.unusableAt?.getTime() === b.unusableAt?.getTime();

/** That an account exists says nothing of its mandate: what was revoked stays so until its mandate itself is said to stand. */
const standsAfter = (state: MethodState, { mandateId, unusableAt }: SavedMethod): boolean =>
	state.isUsable && (mandateId === null || state.mandateId !== null || unusableAt === null);

/** Stripe charges it no more: plans that count on it ask for another before the day. */
export const loseMethod = (services: Services, scope: Scope, methodId: string): Promise<void> =>
	commit(services, scope, async (tx) => {
		const method = await lockMethod(tx, scope, methodId);
		if (!method || method.unusableAt || method.removedAt) return;
		const now = services.clock.now();
		await saveMethod(tx, scope, methodId, { unusableAt: now });
		await tellPlans(tx, scope, now, { methodId, isLostNow: true });
	});

/** The person may pay for the client no more: what they gave is charged no more either, and plans that count on it ask for another before the day. */
export async function tellPlansOf(tx: Tx, scope: Scope, now: Date, contactId: string): Promise<void> {
	for (const { methodId, unusableAt } of await listMethodsOf(tx, scope, contactId))
		for (const plan of unusableAt ? [] : await listPlansOfMethod(tx, scope, methodId)) {
			await queuePlanMail(tx, scope, now, 'method_lost', plan, 0, `rights.${now.getTime()}`);
			await announce({ scope, tx, now }, plan);
		}
}

async function tellPlans(
	tx: Tx,
	scope: Scope,
	now: Date,
	{ methodId, isLostNow }: { methodId: string; isLostNow: boolean }
): Promise<void> {
	for (const plan of await listPlansOfMethod(tx, scope, methodId)) {
		if (isLostNow) await queuePlanMail(tx, scope, now, 'method_lost', plan);
		await announce({ scope, tx, now }, plan);
	}
}
