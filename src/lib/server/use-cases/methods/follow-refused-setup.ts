// Stripe tells that a bank has refused a card on a SetupIntent. Where its secret was in a browser, each such message is a card tried, and counted; the
// first one closes it. A refusal of the first question was counted at the door (limit-attempts.ts).
import type { Scope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import { findSetupOfIntent, type MethodSetup } from '../../store/method-setups.ts';
import { countRefusedAttempt } from '../stripe/limit-attempts.ts';
import { read } from '../run.ts';
import { checkSetup, wasShown } from './set-up-method.ts';

/** Returns what counts the attempt, for whoever may do it once. */
export async function followRefusedSetup(
	services: Services,
	scope: Scope,
	setupIntentId: string
): Promise<() => Promise<void>> {
	const setup = await read(services, scope, (tx) => findSetupOfIntent(tx, scope, setupIntentId));
	if (setup && wasShown(setup.status)) await checkSetup(services, scope, setup.setupId);
	return async () => {
		if (setup && WAS_AT_BANK.includes(setup.status))
			await countRefusedAttempt(services, scope, { begunBy: setup.begunBy, about: setup.planId ?? '' });
	};
}
const WAS_AT_BANK: MethodSetup['status'][] = ['awaiting_auth', 'processing', 'canceled', 'succeeded'];
