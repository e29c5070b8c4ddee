// A card that ends before the last instalment it is given for: said once before anything begins, and whoever gives it may go on, since most banks replace a card
// in time and the networks bring the new one (decision 0036). Refusal: card_ends_early.
import type { SetUpMethod } from '../../../contract/payments.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import type { CivilDate } from '../../../domain/calendar/civil-date.ts';
import { isExpired, type MethodFacts } from '../../../domain/payments/methods.ts';
import { openInstalments } from '../../../domain/plans/plan.ts';
import type { Services } from '../../services.ts';
import { findSetup } from '../../store/method-setups.ts';
import { getSupplier } from '../../store/suppliers.ts';
import type { PlanWithInstalments } from '../../store/plans.ts';
import { read, refuse } from '../run.ts';
import { ifAsked } from '../stripe/answers.ts';

export type CardEnd = Pick<MethodFacts, 'expiryMonth' | 'expiryYear'>;

/** What the browser has just collected, read before it serves: reading uses nothing up. null: no card, or unknown there. */
export const readTokenEnd = (
	services: Services,
	account: string | null,
	tokenId: string
): Promise<CardEnd | 'not_asked' | null> => ifAsked(() => services.payments.previewToken(account, tokenId));

/** null: it serves to the end, it is no card, or its owner has read that it does not. */
export function refuseEndingCard(card: CardEnd | null, lastOn: CivilDate | null, mayEnd: boolean | undefined) {
	if (mayEnd || !card || !lastOn || !isExpired(card, lastOn)) return null;
	const { expiryMonth, expiryYear } = card;
	return refuse('card_ends_early', {
		ends: `${String(expiryMonth).padStart(2, '0')}/${expiryYear}`,
		date: lastOn
	});
}

/** A card for the instalments to come that ends before the last of them. What was asked before is followed as it was. */
export async function endsEarly(services: Services, scope: Scope, plan: PlanWithInstalments, input: SetUpMethod) {
	const { known, account } = await read(services, scope, async (tx) => ({
		known: await findSetup(tx, scope, input.setupId),
		account: (await getSupplier(tx, scope)).stripeAccount
	}));
	if (known || input.cardMayEnd) return null;
	const card = await readTokenEnd(services, account, input.confirmationTokenId);
	if (card === 'not_asked') return refuse('payment_unavailable');
	return refuseEndingCard(card, openInstalments(plan.instalments).at(-1)?.dueOn ?? null, input.cardMayEnd);
}
