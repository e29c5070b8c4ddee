// The client gives another card or account for the parts to come: checked with its bank, kept at Stripe, nothing is taken. Actor: contact or pay link.
// Refusals: not_found, attempt_conflict, method_refused, payment_unknown. Facts: plan.changed.
import type { ChangeMethod } from '../../../contract/payments.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import { newId } from '../../identity.ts';
import {
	findSetup,
	insertSetup,
	lockSetup,
	saveSetup,
	listOpenSetups,
	type MethodSetup
} from '../../store/method-setups.ts';
import { getSupplier, listSuppliers } from '../../store/parties.ts';
import { findPlan, lockPlan, savePlan, type PlanWithParts } from '../../store/plans.ts';
import { keepMethod } from '../../store/saved-methods.ts';
import { recordAudit } from '../../store/records.ts';
import { mintScope } from '../../../domain/access/scope.ts';
import type { SetupState } from '../../gateways/stripe/port.ts';
import { commit, done, read, refuse, type Result } from '../run.ts';
import { contactOf, type From } from '../offers/keep-acceptance.ts';
import { customerOf } from './keep-plan.ts';
import { announce, schedule } from './follow-plan.ts';

export type SetupProgress = { setupId: string; status: MethodSetup['status']; clientSecret: string | null };

export async function changeMethod(
	services: Services,
	scope: Scope,
	input: ChangeMethod,
	from: From
): Promise<Result<SetupProgress>> {
	const plan = await read(services, scope, (tx) => findPlan(tx, scope, input.planId));
	if (!plan || !isSeen(scope, plan) || (plan.status !== 'active' && plan.status !== 'paused'))
		return refuse('not_found');
	const customerId = await customerOf(services, scope, plan.clientId);
	if (!customerId) return refuse('not_found');
	const now = services.clock.now();
	const setup = await commit(services, scope, async (tx) => {
		const { stripeAccount } = await getSupplier(tx, scope);
		await insertSetup(tx, scope, {
			setupId: input.setupId,
			clientId: plan.clientId,
			contactId: contactOf(scope),
			planId: plan.planId,
			confirmationTokenId: input.confirmationTokenId,
			returnUrl: from.returnUrl,
			status: 'open',
			stripeAccount,
			stripeSetupIntentId: null,
			errorCode: null,
			declineCode: null,
			createdAt: now,
			updatedAt: now
		});
		return findSetup(tx, scope, input.setupId);
	});
	if (!setup || setup.planId !== plan.planId || setup.confirmationTokenId !== input.confirmationTokenId)
		return refuse('attempt_conflict');
	return ask(services, scope, setup, customerId);
}
/** A pay link sees the plan of its own invoice, if that is all the plan pays. */
const isSeen = (scope: Scope, plan: PlanWithParts): boolean =>
	!scope.invoiceId || plan.parts.every((part) => part.lines.every((line) => line.invoiceId === scope.invoiceId));

async function ask(
	services: Services,
	scope: Scope,
	setup: MethodSetup,
	customerId: string
): Promise<Result<SetupProgress>> {
	if (setup.status === 'open' && setup.stripeSetupIntentId === null) {
		const outcome = await services.payments.setUp({
			account: setup.stripeAccount,
			setupId: setup.setupId,
			customerId,
			confirmationTokenId: setup.confirmationTokenId,
			allowedTypes: ['card', 'sepa_debit'],
			returnUrl: setup.returnUrl,
			metadata: { setup_id: setup.setupId, supplier_id: scope.supplierId }
		});
		if (outcome.kind === 'unknown') return refuse('payment_unknown', { attemptId: setup.setupId });
		await commit(services, scope, (tx) =>
			saveSetup(
				tx,
				scope,
				setup.setupId,
				outcome.kind === 'refused'
					? { status: 'declined', errorCode: outcome.code }
					: { stripeSetupIntentId: outcome.intentId },
				services.clock.now()
			)
		);
		if (outcome.kind === 'refused') return refuse('method_refused');
	}
	return checkSetup(services, scope, setup.setupId);
}

/** Where it stands, read from Stripe; a plan takes the new means of payment the moment it is certain, once. */
export async function checkSetup(services: Services, scope: Scope, setupId: string): Promise<Result<SetupProgress>> {
	const setup = await read(services, scope, (tx) => findSetup(tx, scope, setupId));
	const plan = setup && (await read(services, scope, (tx) => findPlan(tx, scope, setup.planId)));
	if (!setup || !plan || !isSeen(scope, plan)) return refuse('not_found');
	if (!setup.stripeSetupIntentId) return refuse('payment_unknown', { attemptId: setupId });
	const state = await services.payments.retrieveSetup(setup.stripeAccount, setup.stripeSetupIntentId);
	const status = state ? statusOf(state) : 'canceled';
	await commit(services, scope, async (tx) => {
		const current = await lockSetup(tx, scope, setupId);
		if (!current || current.status === 'succeeded' || current.status === status) return;
		const now = services.clock.now();
		await saveSetup(
			tx,
			scope,
			setupId,
			{ status, errorCode: state?.errorCode ?? null, declineCode: state?.declineCode ?? null },
			now
		);
		if (status !== 'succeeded' || !state?.paymentMethodId) return;
		const locked = (await lockPlan(tx, scope, current.planId))!;
		const methodId = await keepMethod(tx, scope, {
			methodId: newId(),
			clientId: locked.clientId,
			contactId: current.contactId,
			stripePaymentMethodId: state.paymentMethodId,
			type: state.methodType ?? 'card',
			label: state.methodLabel ?? '',
			mandateReference: state.mandateReference,
			createdAt: now
		});
		await savePlan(tx, scope, locked.planId, { methodId }, now);
		await schedule({ scope, tx, now, supplier: await getSupplier(tx, scope) }, locked, state.methodType);
		await recordAudit(tx, scope, now, 'plan_method_changed', locked.planId, { label: state.methodLabel ?? '' });
		await announce({ scope, tx, now }, locked);
	});
	if (status === 'declined') return refuse('method_refused');
	return done({ setupId, status, clientSecret: status === 'awaiting_auth' ? (state?.clientSecret ?? null) : null });
}

function statusOf({ status, errorCode }: SetupState): MethodSetup['status'] {
	switch (status) {
		case 'succeeded':
			return 'succeeded';
		case 'requires_action':
			return 'awaiting_auth';
		case 'processing':
			return 'processing';
		case 'canceled':
			return 'canceled';
		default:
			return errorCode ? 'declined' : 'open';
	}
}

const QUIET_MS = 60_000;
/** Whoever left in the middle may have finished at the bank: looked at until it is known. */
export async function reconcileSetups(services: Services): Promise<void> {
	for (const supplier of await listSuppliers(services.db)) {
		const scope = mintScope(supplier.supplierId, { kind: 'system' });
		const before = new Date(services.clock.now().getTime() - QUIET_MS);
		for (const setup of await read(services, scope, (tx) => listOpenSetups(tx, scope, before))) {
			try {
				if (setup.stripeSetupIntentId) await checkSetup(services, scope, setup.setupId);
				else
					await commit(services, scope, (tx) =>
						saveSetup(tx, scope, setup.setupId, { status: 'canceled' }, services.clock.now())
					);
			} catch (error) {
				services.log.warn({ err: error, setupId: setup.setupId }, 'method setup will be looked at again');
			}
		}
	}
}
