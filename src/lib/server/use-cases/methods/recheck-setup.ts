// A means of payment that is being kept, and whose end nobody has told: looked at until it is known. Facts: plan.changed.
import type { Scope } from '../../../domain/access/scope.ts';
import { nextCheck } from '../../../domain/payments/next-check.ts';
import { PENDING_SETUPS } from '../../../domain/payments/setup-states.ts';
import type { Services } from '../../services.ts';
import type { DueWork } from '../../store/due-work.ts';
import { findSetup, saveSetup, type MethodSetup } from '../../store/method-setups.ts';
import { isDisconnected } from '../../store/stripe-accounts.ts';
import { isSilentNow } from '../stripe/right-account.ts';
import { commit, read } from '../run.ts';
import { askSetup, checkSetup, conclude, findSetupIntentOf, leave } from './set-up-method.ts';

const ASK_AGAIN_MS = 43_200_000; // Stripe keeps idempotency keys for a day: asked later, the question would be a new one
/** A person who has not finished a bank confirmation after a day has left. */
const ABANDONED_MS = 86_400_000;
/** Whoever left in the middle may have finished at the bank: looked at until it is known. @returns when it is to be looked at again */
export async function recheckSetup(services: Services, scope: Scope, { subjectId }: DueWork): Promise<Date | null> {
	const setup = await read(services, scope, (tx) => findSetup(tx, scope, subjectId));
	if (!setup || !PENDING_SETUPS.includes(setup.status)) return null;
	const begunAt = setup.createdAt;
	const ageMs = services.clock.now().getTime() - begunAt.getTime();
	if (!(await isSilentNow(services, setup.stripeAccount))) await recheck(services, scope, setup, ageMs);
	else if (await isDisconnected(services.db, scope, setup.stripeAccount)) await leave(services, scope, setup);
	return nextCheck({
		now: services.clock.now(),
		begunAt,
		instants: [ASK_AGAIN_MS, ABANDONED_MS].map((ms) => new Date(begunAt.getTime() + ms))
	});
}
async function recheck(services: Services, scope: Scope, setup: MethodSetup, ageMs: number): Promise<void> {
	const { stripeSetupIntentId: intentId, setupId, status } = setup;
	if (!intentId && ageMs < ASK_AGAIN_MS) return void (await askSetup(services, scope, setup));
	if (!intentId) {
		const found = await findSetupIntentOf(services, scope, setup);
		await commit(services, scope, (tx) =>
			found
				? saveSetup(tx, scope, setupId, { stripeSetupIntentId: found }, services.clock.now())
				: conclude(services, scope, tx, setupId, { status: 'canceled', errorCode: 'never_confirmed', state: null })
		);
		if (!found) return;
	}
	// Refused before it was confirmed (a token too old), one may be left at Stripe with nothing to wait for.
	if (intentId && status !== 'processing' && ageMs > ABANDONED_MS)
		await services.payments.cancelSetup(setup.stripeAccount, intentId);
	await checkSetup(services, scope, setupId);
}
