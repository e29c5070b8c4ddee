// An account that was disconnected is back: what was said of its tries is compared with what Stripe says. Money that had come all the same is booked by settling:
// to its invoice if that is still owed, to the client otherwise. Owners are told where the two differ.
import { mintScope, type Scope } from '../../../domain/access/scope.ts';
import type { Outcome } from '../../../domain/payments/outcome.ts';
import type { IntentState } from '../../gateways/stripe/port.ts';
import type { Services } from '../../services.ts';
import { listUnheard, noteHeard, type Unheard } from '../../store/outcomes.ts';
import { listSuppliers } from '../../store/parties.ts';
import { recordAudit } from '../../store/records.ts';
import { queueOwnerNotice } from '../mails/queue-owner-notices.ts';
import { allOf } from '../page.ts';
import { commit, read, safely } from '../run.ts';
import { findIntentOf } from './call-stripe.ts';
import { IntentMissing, isOwnIntent, settleIntent } from './settle-intent.ts';

export async function hearOutcomes(services: Services): Promise<void> {
	for (const supplier of await listSuppliers(services.db)) {
		const scope = mintScope(supplier.supplierId, { kind: 'system' });
		for await (const one of allOf((after: Unheard | null) =>
			read(services, scope, (tx) => listUnheard(tx, scope, after))
		))
			await safely(services, one.said.attemptId, () => hear(services, scope, one));
	}
}

async function hear(services: Services, scope: Scope, { said, attempt }: Unheard): Promise<void> {
	const account = attempt.stripeAccount;
	const intentId = await findIntentOf(services, scope, attempt);
	const intent = intentId ? await services.payments.retrieve(account, intentId) : null;
	// Where it was made, an intent does not vanish (settle-intent.ts). One that only a person named was not there.
	if (intentId && !intent && said.outcome === 'not_paid') throw new IntentMissing(`intent ${intentId} is missing`);
	// The reference that a person gave is another payment's.
	const isOther = intent !== null && !isOwnIntent(intent, attempt);
	// Its invoice is paid in another way meanwhile: the bank's question is closed before somebody answers it.
	if (intent?.status === 'requires_action' && said.outcome === 'not_paid')
		await services.payments.cancel(account, intent.intentId);
	if (intent && !isOther) await settleIntent(services, scope, { account, intentId: intent.intentId });
	const heard = intent && !isOther ? outcomeOf(intent) : 'not_paid';
	if (!heard) return;
	await commit(services, scope, async (tx) => {
		const now = services.clock.now();
		if (!(await noteHeard(tx, scope, said.attemptId, heard, now)) || heard === said.outcome) return;
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
/** null: it is not over there. */
const outcomeOf = ({ status }: IntentState): Outcome | null =>
	status === 'succeeded' ? 'paid' : status === 'canceled' || status === 'requires_payment_method' ? 'not_paid' : null;
