// Stripe tells that a bank has refused a card on a SetupIntent. Where its secret was in a browser, each such message is a card tried, and counted; the
// first one closes it. A refusal of the first question was counted at the door (bound-tries.ts).
import type { Scope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import { findSetupOfIntent } from '../../store/method-setups.ts';
import { countTry } from '../payments/bound-tries.ts';
import { read } from '../run.ts';
import { checkSetup } from './set-up-method.ts';

export async function followRefusedSetup(services: Services, scope: Scope, setupIntentId: string): Promise<void> {
	const setup = await read(services, scope, (tx) => findSetupOfIntent(tx, scope, setupIntentId));
	if (!setup) return;
	if (setup.status === 'awaiting_auth') await checkSetup(services, scope, setup.setupId);
	const wasAtBank = setup.status === 'awaiting_auth' || setup.status === 'canceled' || setup.status === 'succeeded';
	if (wasAtBank) await countTry(services, scope, { begunBy: setup.begunBy, about: setup.planId ?? '' });
}
