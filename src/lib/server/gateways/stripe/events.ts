// Stripe's events: verified, and of each only its head, which says what to look at. Signed or not, what looks like no event of Stripe's is none.
import Stripe from 'stripe';
import * as v from 'valibot';
import type { Config } from '../../config.ts';
import { wallClock } from '../../clock.ts';
import type { EventHead } from './port.ts';

/** Stripe's names of things (https://docs.stripe.com/upgrades#what-changes-does-stripe-consider-to-be-backward-compatible: up to 255 characters). */
const Id = v.pipe(v.string(), v.regex(/^\w{1,255}$/));
const Head = v.object({
	id: Id,
	type: v.pipe(v.string(), v.regex(/^[\w.]{1,100}$/)),
	account: v.nullish(Id, null),
	created: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(9_999_999_999)),
	data: v.object({
		object: v.looseObject({
			id: v.optional(v.string()),
			object: v.optional(v.string()),
			payment_intent: v.nullish(v.union([Id, v.object({ id: Id })]), null)
		})
	})
});
const MOVES_MONEY = /^(payment_intent|charge|refund)\./;
const CHANGES_METHOD = /^(mandate\.updated|payment_method\.(updated|automatically_updated|detached))$/;
/** A refusal: what succeeded, the page asks for, and reconciliation. */
const REFUSES_SETUP = /^setup_intent\.setup_failed$/;
const PAYS_OUT = /^payout\./;
const OURS = [MOVES_MONEY, CHANGES_METHOD, REFUSES_SETUP, PAYS_OUT];

/** null for what is no event. */
export function headOf(event: unknown): EventHead | null {
	const read = v.safeParse(Head, event);
	if (!read.success) return null;
	const { id, type, account, created, data } = read.output;
	const { object, payment_intent: related } = data.object;
	const objectId = data.object.id ?? '';
	// Elsewhere at Stripe people choose ids themselves (prices, customers): such an event is genuine, and nothing to us.
	if (!v.is(Id, objectId) && OURS.some((one) => one.test(type))) return null;
	const intentId = object === 'payment_intent' ? objectId || null : typeof related === 'string' ? related : related?.id;
	return {
		id,
		type,
		account,
		objectId,
		paymentIntentId: MOVES_MONEY.test(type) ? (intentId ?? null) : null,
		methodId: CHANGES_METHOD.test(type) ? objectId || null : null,
		setupIntentId: REFUSES_SETUP.test(type) ? objectId || null : null,
		payoutId: PAYS_OUT.test(type) ? objectId || null : null,
		createdAt: new Date(created * 1000)
	};
}
/** null when signature, age or mode is wrong. */
export function readEvent(
	{ webhookSecrets, live }: Config['stripe'],
	rawBody: string,
	signature: string
): EventHead | null {
	const event = isFromTheFuture(signature) ? null : verify(webhookSecrets, rawBody, signature);
	return event?.livemode === live ? headOf(event) : null;
}

const TOLERANCE_SECONDS = 300;
/**
 * Stripe's own check looks for old ones only. A signature of tomorrow would be good for ever, to whoever keeps it. Of several times in one header its
 * check takes the last: none of them may be of tomorrow.
 */
function isFromTheFuture(signature: string): boolean {
	const latest = wallClock.now().getTime() / 1000 + TOLERANCE_SECONDS;
	return [...signature.matchAll(/(?:^|,)t=\s*\+?(\d+)/g)].some(([, signedAt]) => Number(signedAt) > latest);
}
/** Several secrets may be valid while one is being replaced. */
function verify(secrets: string[], rawBody: string, signature: string): Stripe.Event | null {
	for (const secret of secrets) {
		try {
			return Stripe.webhooks.constructEvent(rawBody, signature, secret);
		} catch {
			continue;
		}
	}
	return null;
}
