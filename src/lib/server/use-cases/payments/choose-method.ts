// What is charged: null for what the browser has just collected. Without that, only a signed-in person's own: a means of payment they kept, or the one
// they gave to the plan, for the next instalment of it and only when its bank asked for a confirmation. Never anything for a pay link.
// Refusals: method_refused (not theirs, removed, expired, taken away by its bank, kept at an account that is no longer the supplier's, nothing to confirm), method_not_offered.
import type { StartPayment } from '../../../contract/payments.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import { civilDateIn } from '../../../domain/calendar/civil-date.ts';
import { isChargeable, isExpired, type PaymentMethodType } from '../../../domain/payments/methods.ts';
import { required } from '../../../domain/required.ts';
import type { Services } from '../../services.ts';
import type { Tx } from '../../store/database.ts';
import type { Supplier } from '../../store/suppliers.ts';
import { listPlansOfInvoices } from '../../store/plans.ts';
import { lockMethod, type SavedMethod } from '../../store/saved-methods.ts';
import { mayConfirm } from '../plans/confirm-instalment.ts';
import { done, refuse, type Result } from '../run.ts';
import type { Chosen } from './choose-payment.ts';

/** What may be charged, locked before anything is chosen: a choice may lock plans and points, which come after it. */
export async function lockAskedMethod(tx: Tx, scope: Scope, input: StartPayment): Promise<SavedMethod | null> {
	const { confirmationTokenId, savedMethodId, invoiceIds, option } = input;
	if (confirmationTokenId !== null) return null;
	if (savedMethodId) return lockMethod(tx, scope, savedMethodId);
	const [plan] = option === 'next_part' ? await listPlansOfInvoices(tx, scope, invoiceIds, { running: true }) : [];
	return plan?.methodId ? lockMethod(tx, scope, plan.methodId) : null;
}

type Asked = {
	supplier: Supplier;
	input: StartPayment;
	chosen: Pick<Chosen, 'plan' | 'allowedTypes'>;
	/** As it was locked. */
	method: SavedMethod | null;
};
export async function chooseMethod(
	services: Services,
	tx: Tx,
	scope: Scope,
	{ supplier, input, chosen, method }: Asked
): Promise<Result<SavedMethod | null>> {
	if (input.confirmationTokenId !== null) return done(null);
	const { actor } = scope;
	const methodId = input.savedMethodId ?? chosen.plan?.methodId ?? null;
	if (method?.methodId !== methodId || !method || !isChargeable(method, supplier.stripeAccount))
		return refuse('method_refused');
	if (!input.savedMethodId) {
		const isAsked =
			input.option === 'next_part' && (await mayConfirm(tx, scope, required(chosen.plan, 'plan'), method));
		return isAsked ? done(method) : refuse('method_refused');
	}
	const isTheirs = actor.kind === 'contact' && method.contactId === actor.contactId && method.keptAt !== null;
	if (!isTheirs || isExpired(method, civilDateIn(services.clock.now(), supplier.timeZone)))
		return refuse('method_refused');
	return chosen.allowedTypes.includes(method.type as PaymentMethodType) ? done(method) : refuse('method_not_offered');
}
