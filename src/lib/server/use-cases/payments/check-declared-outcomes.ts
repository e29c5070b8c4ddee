// An account that was disconnected is back: what was said of its attempts is compared with what Stripe says. Money that had come all the same is booked by settling:
// to its invoice if that is still owed, to the client otherwise. Owners are told where the two differ.
import { mintScope, type Scope } from '../../../domain/access/scope.ts';
import { isLive } from '../../../domain/payments/attempt-status.ts';
import type { Outcome } from '../../../domain/payments/outcome.ts';
import type { IntentState } from '../../gateways/stripe/port.ts';
import type { Services } from '../../services.ts';
import { findAttempt, listAttemptLines, type Attempt } from '../../store/attempts.ts';
import { findDeclared, listUnchecked, noteChecked, type Unchecked } from '../../store/outcomes.ts';
import { recordAudit } from '../../store/audits.ts';
import { queueOwnerNotice } from '../mails/queue-owner-notices.ts';
import { forSuppliersDue } from '../for-suppliers-due.ts';
import { allOf } from '../page.ts';
import { commit, read, safely } from '../run.ts';
import { findIntentOf } from './call-stripe.ts';
import { closeAllAttempts } from './close-attempts.ts';
import { isStillFor, wasDeclaredNotPaid } from './hold-again.ts';
import { requireRightAccount } from '../stripe/right-account.ts';
import { IntentMissing, isOwnIntent, settleIntent } from './settle-intent.ts';

export async function checkDeclaredOutcomes(services: Services): Promise<void> {
	await forSuppliersDue(services, 'outcomes_to_hear', async (scope) => {
		for await (const one of allOf((after: Unchecked | null) =>
			read(services, scope, (tx) => listUnchecked(tx, scope, after))
		))
			await safely(services, one.said.attemptId, () => hear(services, scope, one));
	});
}

/** At once, of the word that was just said. What goes wrong is left to the next round. */
export const checkDeclaredOutcome = (services: Services, supplierId: string, attemptId: string): Promise<boolean> =>
	safely(services, attemptId, async () => {
		const scope = mintScope(supplierId, { kind: 'system' });
		const known = await read(services, scope, async (tx) => ({
			said: await findDeclared(tx, scope, attemptId),
			attempt: await findAttempt(tx, scope, attemptId)
		}));
		if (known.said && known.said.heard === null && known.attempt)
			await hear(services, scope, { said: known.said, attempt: known.attempt });
	});

async function hear(services: Services, scope: Scope, { said, attempt }: Unchecked): Promise<void> {
	const account = attempt.stripeAccount;
	const intent = await lookUp(services, scope, { said, attempt });
	if (intent?.status === 'processing' && wasDeclaredNotPaid(attempt)) await endOthers(services, scope, attempt);
	if (intent) await settleIntent(services, scope, { account, intentId: intent.intentId });
	const heard = intent ? outcomeOf(intent) : 'not_paid';
	if (!heard) return;
	await commit(services, scope, async (tx) => {
		const now = services.clock.now();
		if (!(await noteChecked(tx, scope, said, heard, now)) || heard === said.outcome) return;
		const { amountMinor, currency, description } = attempt;
		const detail = {
			said: said.outcome,
			amountMinor: String(amountMinor),
			currency,
			description,
			account: account ?? ''
		};
		await queueOwnerNotice(
			tx,
			scope,
			now,
			await recordAudit(tx, scope, now, 'outcome_differs', said.attemptId, detail)
		);
	});
}

/** What Stripe has of it, read once nobody can finish it there any more. null: it became nothing, or the reference that a person gave is another payment's. */
async function lookUp(services: Services, scope: Scope, { said, attempt }: Unchecked): Promise<IntentState | null> {
	const account = attempt.stripeAccount;
	const intentId = await findIntentOf(services, scope, attempt);
	const intent = intentId ? await services.payments.retrieve(account, intentId) : null;
	// Nothing there: said by the account that was asked, which knows of what it named.
	if (!intent) await requireRightAccount(services, scope, account, { witnessed: true });
	// Where it was made, an intent does not vanish (settle-intent.ts). One that only a person named was not there.
	if (intentId && !intent && said.outcome === 'not_paid') throw new IntentMissing(`intent ${intentId} is missing`);
	if (!intent || !isOwnIntent(intent, attempt)) return null;
	// One that is held again is settled as what its bank said first, and told; its refusal stays one.
	if (!WAITS.includes(intent.status) || isLive(attempt.status) || attempt.status === 'declined') return intent;
	// Nothing has come by it, and its invoice is paid, or may be in another way: nobody finishes it any more, and Stripe then says what it came to.
	await services.payments.cancel(account, intent.intentId);
	return services.payments.retrieve(account, intent.intentId);
}
/** What else is unfinished on the invoices of a debit that is under way after all would collect them a second time. */
async function endOthers(services: Services, scope: Scope, attempt: Attempt): Promise<void> {
	const invoiceIds = await read(services, scope, async (tx) => {
		if (!(await isStillFor({ tx, scope }, attempt))) return [];
		const lines = await listAttemptLines(tx, scope, attempt.attemptId);
		return lines.map((line) => line.invoiceId);
	});
	await closeAllAttempts(services, scope, invoiceIds);
}
/** For the bank's answer, for our word, for another card: what only goes on if somebody goes on with it (https://docs.stripe.com/payments/paymentintents/lifecycle). */
const WAITS = ['requires_action', 'requires_confirmation', 'requires_payment_method'];
/** null: it is not over there. */
const outcomeOf = ({ status }: IntentState): Outcome | null =>
	status === 'succeeded' ? 'paid' : status === 'canceled' || status === 'requires_payment_method' ? 'not_paid' : null;
