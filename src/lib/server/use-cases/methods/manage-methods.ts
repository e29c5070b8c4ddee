// Means of payment that a signed-in person kept: listed, named, removed. Theirs alone: a colleague, and whoever was sent a link, sees none of it.
// Actor: contact. Refusals: not_found, method_needed.
import type { MethodView, StripeView } from '../../../contract/views.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import { civilDateIn } from '../../../domain/calendar/civil-date.ts';
import { isChargeable, isExpired } from '../../../domain/payments/methods.ts';
import type { Services } from '../../services.ts';
import type { Tx } from '../../store/database.ts';
import { findContact } from '../../store/contacts.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { recordAudit } from '../../store/audits.ts';
import {
	listIdleMethods,
	listSavedMethods,
	listNeededMethods,
	listToDetach,
	lockMethod,
	saveMethod,
	type SavedMethod
} from '../../store/saved-methods.ts';
import { stripeView } from '../invoices/views.ts';
import { forSuppliersDue } from '../for-suppliers-due.ts';
import { allOf } from '../page.ts';
import { commit, done, read, refuse, type Result } from '../run.ts';

export type Kept = { methods: MethodView[]; email: string | null; stripe: StripeView };
/** The person's list, and what the browser needs to add to it. */
export const readMethods = (services: Services, scope: Scope): Promise<Kept> =>
	read(services, scope, async (tx) => ({
		methods: await methodViews(services, tx, scope),
		email:
			scope.actor.kind === 'contact' ? ((await findContact(tx, scope, scope.actor.contactId))?.email ?? null) : null,
		stripe: stripeView(services.config, await getSupplier(tx, scope))
	}));

export async function methodViews({ clock }: Services, tx: Tx, scope: Scope): Promise<MethodView[]> {
	if (scope.actor.kind !== 'contact') return [];
	const methods = await listSavedMethods(tx, scope, scope.actor.contactId);
	if (!methods.length) return [];
	const needed = await listNeededMethods(
		tx,
		scope,
		methods.map((method) => method.methodId)
	);
	const { timeZone, stripeAccount } = await getSupplier(tx, scope);
	const today = civilDateIn(clock.now(), timeZone);
	return methods.map((method) => ({
		methodId: method.methodId,
		type: method.type as MethodView['type'],
		label: method.label,
		name: method.name,
		expiry: method.expiryMonth && method.expiryYear ? { month: method.expiryMonth, year: method.expiryYear } : null,
		isUsable: isChargeable(method, stripeAccount) && !isExpired(method, today),
		isNeeded: needed.has(method.methodId)
	}));
}

const NAME_MAX = 60;
export async function renameMethod(
	services: Services,
	scope: Scope,
	methodId: string,
	name: string
): Promise<Result<null>> {
	return commit(services, scope, async (tx) => {
		if (!(await lockKept(tx, scope, methodId))) return refuse('not_found');
		await saveMethod(tx, scope, methodId, { name: name.trim().slice(0, NAME_MAX) || null });
		return done(null);
	});
}

/** Refused while a plan needs it. Gone for its owner at once; Stripe is told right after, and again until it has heard. */
export async function removeMethod(services: Services, scope: Scope, methodId: string): Promise<Result<null>> {
	const result = await commit(services, scope, async (tx): Promise<Result<SavedMethod>> => {
		const method = await lockKept(tx, scope, methodId);
		if (!method) return refuse('not_found');
		if ((await listNeededMethods(tx, scope, [methodId])).size) return refuse('method_needed');
		const now = services.clock.now();
		await saveMethod(tx, scope, methodId, { removedAt: now });
		await recordAudit(tx, scope, now, 'method_removed', methodId, { label: method.label });
		return done(method);
	});
	if (!result.ok) return result;
	await detach(services, scope, result.value);
	return done(null);
}

async function lockKept(tx: Tx, scope: Scope, methodId: string): Promise<SavedMethod | null> {
	if (scope.actor.kind !== 'contact') return null;
	const method = await lockMethod(tx, scope, methodId);
	const isTheirs = method?.contactId === scope.actor.contactId && method.keptAt !== null && method.removedAt === null;
	return isTheirs ? method : null;
}

/** Stripe forgets it, and the mandate of an account ends there. */
async function detach(services: Services, scope: Scope, method: SavedMethod): Promise<void> {
	if (!(await services.payments.detachMethod(method.stripeAccount, method.stripePaymentMethodId))) return;
	await commit(services, scope, (tx) => saveMethod(tx, scope, method.methodId, { detachedAt: services.clock.now() }));
}

/** A debit may come back for eight weeks, and its instalment is asked for again: a plan's own means of payment is kept a little longer than that. */
const IDLE_MS = 70 * 86_400_000;
/** What served a plan that is over is forgotten, here and at Stripe; and whatever Stripe has not heard of yet is told again. */
export async function forgetMethods(services: Services): Promise<void> {
	await forSuppliersDue(services, 'methods_to_forget', async (scope) => {
		const now = services.clock.now();
		await commit(services, scope, async (tx) => {
			for (const method of await listIdleMethods(tx, scope, new Date(now.getTime() - IDLE_MS)))
				await saveMethod(tx, scope, method.methodId, { removedAt: now });
		});
		for await (const method of allOf((after: SavedMethod | null) =>
			read(services, scope, (tx) => listToDetach(tx, scope, after))
		)) {
			try {
				await detach(services, scope, method);
			} catch (error) {
				services.log.warn({ err: error, methodId: method.methodId }, 'method will be detached later');
			}
		}
	});
}
