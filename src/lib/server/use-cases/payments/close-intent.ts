// What an unfinished intent may still collect is closed where it was made, before its invoices are paid in another way.
import type { Scope } from '../../../domain/access/scope.ts';
import { isLive } from '../../../domain/payments/attempt-status.ts';
import { NotAsked } from '../../gateways/stripe/port.ts';
import type { Services } from '../../services.ts';
import { listAttemptsOfIntent, type Attempt } from '../../store/attempts.ts';
import { isDisconnected } from '../../store/stripe-accounts.ts';
import { read } from '../run.ts';
import { abandon } from './call-stripe.ts';
import { IntentMissing, settleIntent, type IntentAt } from './settle-intent.ts';

/** `false`: it has paid in the meantime, or may still. @throws NotAsked when its account can't be asked, and may answer again. */
export async function closeIntent(services: Services, scope: Scope, at: IntentAt): Promise<boolean> {
	try {
		await services.payments.cancel(at.account, at.intentId);
		const settled = await settleIntent(services, scope, at);
		return areOver(settled?.attempts ?? []);
	} catch (error) {
		// Nobody can confirm what is not there. An attempt that was alive on it is kept all the same, until a person has looked (settle-intent.ts).
		if (error instanceof IntentMissing) return areOver(await attemptsOf(services, scope, at));
		if (!(error instanceof NotAsked && error.silence === 'account_refused')) throw error;
		if (!(await isDisconnected(services.db, scope, at.account))) throw error;
		return leave(services, scope, at);
	}
}

/**
 * Intents are confirmed by the platform alone (finish-at-bank.ts), and the platform has no access there any more: nobody collects by them. What is left
 * is the holder of the account, who could with a key of its own (docs/limits.md).
 */
async function leave(services: Services, scope: Scope, at: IntentAt): Promise<boolean> {
	for (const attempt of await attemptsOf(services, scope, at))
		if (attempt.status === 'awaiting_auth') await abandon(services, scope, attempt, 'account_disconnected');
	return areOver(await attemptsOf(services, scope, at));
}
const attemptsOf = (services: Services, scope: Scope, { intentId }: IntentAt): Promise<Attempt[]> =>
	read(services, scope, (tx) => listAttemptsOfIntent(tx, scope, intentId));
const areOver = (attempts: Attempt[]): boolean => !attempts.some(({ status }) => status === 'paid' || isLive(status));
