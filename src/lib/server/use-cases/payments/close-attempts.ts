// Before money is taken through another door (another card, a transfer that is accepted): what may still take it at Stripe is closed, since a refused payment
// can be confirmed by whoever holds its secret, and a bank confirmation that was left can be finished. An invoice is collected once, whatever the doors.
// Attempts of a plan's instalments are the plan's affair: their intent waits for its owner's confirmation.
import type { Scope } from '../../../domain/access/scope.ts';
import { NotAsked } from '../../gateways/stripe/port.ts';
import type { Services } from '../../services.ts';
import { listAttemptLines, listOpenIntents, type Attempt, type OpenIntent } from '../../store/attempts.ts';
import { read } from '../run.ts';
import { closeIntent } from './close-intent.ts';

/** `ended`: none can collect any more. `not_ended`: one has paid in the meantime, or may still. `not_asked`: nobody knows yet. */
export type Ended = 'ended' | 'not_ended' | 'not_asked';

/** Of the instalments of a plan too: money for the whole is under way, and whoever finishes one at the bank would pay twice. */
export async function closeAllAttempts(services: Services, scope: Scope, invoiceIds: string[]): Promise<Ended> {
	const ended = await closeAttempts(services, scope, invoiceIds);
	const ofInstalments = await read(services, scope, (tx) =>
		listOpenIntents(tx, scope, { invoiceIds, statuses: ['awaiting_auth'], options: ['next_part', 'all_parts'] })
	);
	const instalments = await closeAll(services, scope, ofInstalments);
	return ended === 'ended' ? instalments : ended;
}

/** Refused ones and unfinished ones. A debit under way is not asked: the invoice says itself that it is paid. */
export async function closeAttempts(services: Services, scope: Scope, invoiceIds: string[]): Promise<Ended> {
	if (!invoiceIds.length) return 'ended';
	const statuses = ['declined', 'awaiting_auth'] as const;
	return closeAll(
		services,
		scope,
		await read(services, scope, (tx) => listOpenIntents(tx, scope, { invoiceIds, statuses }))
	);
}

/** Refused ones on the invoices of an attempt, but the one that it tries again itself. */
export async function endRefused(services: Services, scope: Scope, attempt: Attempt): Promise<Ended> {
	const { attemptId, stripePaymentIntentId: besides } = attempt;
	const intents = await read(services, scope, async (tx) => {
		const invoiceIds = (await listAttemptLines(tx, scope, attemptId)).map((line) => line.invoiceId);
		return listOpenIntents(tx, scope, { invoiceIds, statuses: ['declined'], besides });
	});
	return closeAll(services, scope, intents);
}

/** Each is tried, whatever came of the one before. */
async function closeAll(services: Services, scope: Scope, intents: OpenIntent[]): Promise<Ended> {
	const outcomes: Ended[] = [];
	for (const { stripeAccount: account, intentId } of intents)
		try {
			outcomes.push((await closeIntent(services, scope, { account, intentId })) ? 'ended' : 'not_ended');
		} catch (error) {
			services.log.warn({ err: error, intentId }, 'a payment could not be closed at Stripe before another was taken');
			outcomes.push(error instanceof NotAsked ? 'not_asked' : 'not_ended');
		}
	return outcomes.find((one) => one === 'not_ended') ?? outcomes.find((one) => one === 'not_asked') ?? 'ended';
}
