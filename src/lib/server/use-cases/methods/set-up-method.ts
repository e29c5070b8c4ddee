// A card or an account is checked with its bank and kept, and nothing is taken: for a plan that runs (another means for the instalments to come), for a plan
// whose first instalment comes later, or for its owner's next payments. Actor: contact or pay link. Refusals: not_found, pay_not_yours, card_ends_early, attempt_id_reused, method_refused,
// payment_unknown. Facts: plan.changed.
import type { SetUpMethod } from '../../../contract/payments.ts';
import { contactOf, type Scope } from '../../../domain/access/scope.ts';
import type { PaymentMethodType } from '../../../domain/payments/methods.ts';
import { isOwnAttempt } from '../../../domain/payments/own-attempt.ts';
import { isWholeIn } from '../../../domain/plans/plan.ts';
import { isRunning } from '../../../domain/plans/plan-states.ts';
import { required } from '../../../domain/required.ts';
import { NotAsked, type SetupState } from '../../gateways/stripe/port.ts';
import { newId } from '../../identity.ts';
import type { Services } from '../../services.ts';
import { findAttempt, lockAttempt } from '../../store/attempts.ts';
import type { Tx } from '../../store/database.ts';
import { lockInvoicesOfPlan } from '../../store/lock-invoices.ts';
import {
	findSetup,
	insertSetup,
	listWaitingSetups,
	lockSetup,
	saveSetup,
	type MethodSetup
} from '../../store/method-setups.ts';
import { mayPay } from '../../store/contacts.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { findPlan, lockPlan, savePlan, type PlanWithInstalments } from '../../store/plans.ts';
import { recordAudit } from '../../store/audits.ts';
import { findCustomerId, insertMethod } from '../../store/saved-methods.ts';
import { isDisconnected } from '../../store/stripe-accounts.ts';
import type { From } from '../offers/save-acceptance.ts';
import { countRefusedAttempt } from '../stripe/limit-attempts.ts';
import { lookFor } from '../stripe/right-account.ts';
import { beginDeferredPlan, giveUpDeferredPlan } from '../plans/deferred-plan.ts';
import { announce, schedule } from '../plans/apply-outcome.ts';
import { certainOf } from '../stripe/answers.ts';
import { inputHashOf } from '../input-hash.ts';
import { commit, done, read, refuse, type Result } from '../run.ts';
import { endsEarly } from './card-end.ts';
import { customerIfAsked } from './customer.ts';

export type SetupProgress = { setupId: string; status: MethodSetup['status']; clientSecret: string | null };
const TYPES: PaymentMethodType[] = ['card', 'sepa_debit'];

export async function setUpMethod(
	services: Services,
	scope: Scope,
	input: SetUpMethod,
	from: From
): Promise<Result<SetupProgress>> {
	const { planId } = input;
	const plan = planId === null ? null : await read(services, scope, (tx) => findPlan(tx, scope, planId));
	if (planId !== null && !(plan && isSeen(scope, plan) && isRunning(plan))) return refuse('not_found');
	// Whoever was only sent a link has no list of means of payment to add to.
	if (planId === null && scope.actor.kind !== 'contact') return refuse('not_found');
	const clientId = plan?.clientId ?? required(scope.clientId, 'client');
	const customerId = await customerIfAsked(services, scope, clientId);
	if (customerId === 'not_asked') return refuse('payment_unavailable');
	if (!customerId) return refuse('not_found');
	const now = services.clock.now();
	if (!(await read(services, scope, (tx) => mayPay(tx, scope)))) return refuse('pay_not_yours');
	const ending = plan && (await endsEarly(services, scope, plan, input));
	if (ending) return ending;
	await closeEarlier(services, scope, input);
	const { confirmationTokenId } = input;
	const inputHash = inputHashOf(scope, 'setup', { planId, confirmationTokenId });
	const setup = await commit(services, scope, async (tx) => {
		const { stripeAccount } = await getSupplier(tx, scope);
		await insertSetup(tx, scope, {
			setupId: input.setupId,
			clientId,
			contactId: contactOf(scope),
			planId,
			inputHash,
			confirmationTokenId,
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
	if (setup?.inputHash !== inputHash) return refuse('attempt_id_reused');
	return askSetup(services, scope, setup);
}
/** Whoever brings another card leaves the bank's question about the one before: closed at Stripe, and counted as a card tried. */
async function closeEarlier(services: Services, scope: Scope, { planId, setupId }: SetUpMethod): Promise<void> {
	for (const setup of await read(services, scope, (tx) => listWaitingSetups(tx, scope, planId)))
		if (setup.setupId !== setupId) await closeSetup(services, scope, setup);
}
/** Left unanswered. What became of it is read afterwards: the bank may have said yes in between. */
export async function closeSetup(services: Services, scope: Scope, setup: MethodSetup): Promise<void> {
	if (!setup.stripeSetupIntentId) return;
	await services.payments.cancelSetup(setup.stripeAccount, setup.stripeSetupIntentId);
	if (await isDisconnected(services.db, scope, setup.stripeAccount)) return leave(services, scope, setup);
	const closed = await checkSetup(services, scope, setup.setupId);
	if (setup.status === 'awaiting_auth' && closed.ok && closed.value.status === 'canceled')
		await countRefusedAttempt(services, scope, { begunBy: setup.begunBy, about: setup.planId ?? '' });
}
/** A pay link sees the plan of its own invoice, if that is all the plan pays. */
const isSeen = (scope: Scope, plan: PlanWithInstalments): boolean =>
	!scope.invoiceId || isWholeIn(plan.instalments, [scope.invoiceId]);

/** Every parameter is a pure function of the row: asked again, it is the same question. Not asked, or not heard of: it stays as it is. */
export async function askSetup(services: Services, scope: Scope, setup: MethodSetup): Promise<Result<SetupProgress>> {
	try {
		return await ask(services, scope, setup);
	} catch (error) {
		if (!(error instanceof NotAsked)) throw error;
		return refuse('payment_unknown', { attemptId: setup.setupId });
	}
}

async function ask(services: Services, scope: Scope, setup: MethodSetup): Promise<Result<SetupProgress>> {
	if (setup.status === 'open' && setup.stripeSetupIntentId === null) {
		const { customerId, types } = await read(services, scope, async (tx) => ({
			customerId: await findCustomerId(tx, scope, setup.clientId, setup.stripeAccount),
			types: (await findAttempt(tx, scope, setup.setupId))?.allowedTypes ?? TYPES
		}));
		const answer = await services.payments.setUp({
			account: setup.stripeAccount,
			setupId: setup.setupId,
			customerId: required(customerId, 'customer'),
			confirmationTokenId: setup.confirmationTokenId,
			allowedTypes: types,
			returnUrl: setup.returnUrl,
			keptFor: setup.planId === null ? 'owner' : 'parts',
			metadata: { setup_id: setup.setupId, supplier_id: scope.supplierId }
		});
		const outcome = await certainOf(answer, () => findSetupIntentOf(services, scope, setup));
		if (outcome.kind === 'unknown') return refuse('payment_unknown', { attemptId: setup.setupId });
		if (outcome.kind === 'refused') {
			await commit(services, scope, (tx) =>
				conclude(services, scope, tx, setup.setupId, { status: 'declined', errorCode: outcome.code, state: null })
			);
			return refuse('method_refused');
		}
		const intentId = outcome.kind === 'earlier' ? outcome.earlier : outcome.intentId;
		await commit(services, scope, (tx) =>
			saveSetup(tx, scope, setup.setupId, { stripeSetupIntentId: intentId }, services.clock.now())
		);
	}
	return checkSetup(services, scope, setup.setupId);
}

/** null: it became none. @throws NotAsked, also when another account answers for the one that was asked. */
export async function findSetupIntentOf(services: Services, scope: Scope, setup: MethodSetup): Promise<string | null> {
	const { stripeAccount: account, setupId: id, clientId, createdAt: since } = setup;
	const customerId = await read(services, scope, (tx) => findCustomerId(tx, scope, clientId, account));
	return lookFor(services, scope, account, () => services.payments.findSetupIntent({ account, id, customerId, since }));
}

/** A reading that somebody overtook is read again; more often than this means that something else is wrong. */
const READINGS_MAX = 5;
/** Where it stands, read from Stripe. What it was for follows the moment it is certain, once. */
export async function checkSetup(services: Services, scope: Scope, setupId: string): Promise<Result<SetupProgress>> {
	for (let reading = 1; reading <= READINGS_MAX; reading++) {
		const checked = await checkOnce(services, scope, setupId);
		if (checked) return checked;
	}
	throw new Error(`setup ${setupId} changed during each of ${READINGS_MAX} readings`);
}
/** What was known before Stripe was asked: another one under lock means that the reading may be older than what is known. */
const fingerprint = (setup: MethodSetup | null): string =>
	setup ? [setup.status, setup.errorCode, setup.declineCode, setup.updatedAt.getTime()].join() : '';

/** null: overtaken, nothing was changed. */
async function checkOnce(services: Services, scope: Scope, setupId: string): Promise<Result<SetupProgress> | null> {
	const { setup, plan } = await read(services, scope, async (tx) => {
		const found = await findSetup(tx, scope, setupId);
		return { setup: found, plan: found?.planId ? await findPlan(tx, scope, found.planId) : null };
	});
	if (!setup || (setup.planId !== null && !(plan && isSeen(scope, plan))) || isHidden(scope, setup))
		return refuse('not_found');
	if (!setup.stripeSetupIntentId) return refuse('payment_unknown', { attemptId: setupId });
	const { state, isClosed } = await readSetup(services, setup, setup.stripeSetupIntentId);
	// Where it was made, it does not vanish: what is known of it stays.
	if (!state) return refuse('payment_unknown', { attemptId: setupId });
	const status = isClosed ? 'declined' : statusOf(state);
	const isConcluded = await commit(services, scope, async (tx) => {
		if (fingerprint(await lockSetup(tx, scope, setupId)) !== fingerprint(setup)) return false;
		await conclude(services, scope, tx, setupId, { status, errorCode: state.errorCode, state, isClosed });
		return true;
	});
	if (!isConcluded) return null;
	if (status === 'declined' || (status === 'canceled' && state.errorCode)) return refuse('method_refused');
	// As with a payment, only who began it goes on with it at the bank.
	const secret = status === 'awaiting_auth' && isOwnAttempt(scope, setup) ? state.clientSecret : null;
	return done({ setupId, status, clientSecret: secret });
}

/** Its secret is, or was, in a browser. */
export const wasShown = (status: MethodSetup['status']): boolean =>
	status === 'awaiting_auth' || status === 'processing';
/**
 * What its bank has refused is closed at Stripe before anything else: its secret is in a browser, and with it one could bring card after card, since
 * SetupIntents know no confirmation by the server alone. The next try is another one. A refusal of the first question has shown its secret to nobody.
 */
async function readSetup(
	services: Services,
	{ stripeAccount, status }: MethodSetup,
	intentId: string
): Promise<{ state: SetupState | null; isClosed: boolean }> {
	const state = await services.payments.retrieveSetup(stripeAccount, intentId);
	if (!state || statusOf(state) !== 'declined' || !wasShown(status)) return { state, isClosed: false };
	await services.payments.cancelSetup(stripeAccount, intentId);
	const after = await services.payments.retrieveSetup(stripeAccount, intentId);
	// Another card may have been accepted in between; one that can't be closed now is looked at again.
	if (after?.status === 'canceled') return { state, isClosed: true };
	if (after && statusOf(after) === 'declined') throw new Error(`setup ${intentId} is refused and not closed yet`);
	return { state: after, isClosed: false };
}
const isHidden = ({ actor }: Scope, setup: MethodSetup): boolean =>
	setup.planId === null && actor.kind !== 'system' && contactId(actor) !== setup.contactId;
const contactId = (actor: Scope['actor']): string | null => (actor.kind === 'contact' ? actor.contactId : null);

type Conclusion = {
	status: MethodSetup['status'];
	errorCode: string | null;
	state: SetupState | null;
	/** Refused, and closed at Stripe: over for good. */
	isClosed?: boolean;
};
export async function conclude(
	services: Services,
	scope: Scope,
	tx: Tx,
	setupId: string,
	{ status, errorCode, state, isClosed = false }: Conclusion
): Promise<void> {
	const setup = await lockSetup(tx, scope, setupId);
	const kept = isClosed ? 'canceled' : status;
	if (!setup || setup.status === 'succeeded' || setup.status === kept) return;
	const now = services.clock.now();
	const declineCode = state?.declineCode ?? null;
	await saveSetup(tx, scope, setupId, { status: kept, errorCode, declineCode }, now);
	const following = { scope, tx, now, supplier: await getSupplier(tx, scope) };
	if (status !== 'succeeded' || !state?.paymentMethodId)
		return void (await giveUpDeferredPlan(following, setupId, { status, errorCode, declineCode }));
	// What it is for comes before the means of payment: the attempt of a plan that begins with it, and the invoices.
	if (setup.planId !== null) {
		await lockAttempt(tx, scope, setupId);
		await lockInvoicesOfPlan(tx, scope, setup.planId);
	}
	const methodId = await insertMethod(tx, scope, {
		methodId: newId(),
		clientId: setup.clientId,
		contactId: setup.contactId,
		account: setup.stripeAccount,
		facts: { ...state, paymentMethodId: state.paymentMethodId },
		remembers: setup.planId === null,
		now
	});
	if (setup.planId === null)
		return void (await recordAudit(tx, scope, now, 'method_kept', methodId, { label: state.methodLabel ?? '' }));
	if (await beginDeferredPlan(following, setupId, methodId, state)) return;
	const plan = required(await lockPlan(tx, scope, setup.planId), 'plan');
	if (!isRunning(plan)) return;
	await savePlan(tx, scope, plan.planId, { methodId }, now);
	await schedule(following, plan, state.methodType);
	await recordAudit(tx, scope, now, 'plan_method_changed', plan.planId, { label: state.methodLabel ?? '' });
	await announce(following, plan);
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

/** Its account was left and disconnected: nothing is charged by it, nor there ever again. What waited for it is free. */
export const leave = (services: Services, scope: Scope, { setupId }: MethodSetup): Promise<void> =>
	commit(services, scope, (tx) =>
		conclude(services, scope, tx, setupId, { status: 'canceled', errorCode: 'account_disconnected', state: null })
	);
