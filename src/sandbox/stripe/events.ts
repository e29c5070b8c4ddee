// Events and their delivery: signed webhooks, retried with back-off, late, twice or never when a fault asks for it.
import type Stripe from 'stripe';
import { createHmac } from 'node:crypto';
import { publicView, type Account, type Endpoint, type StoredEvent, type World } from './world.ts';

export const API_VERSION = '2026-10-28.endive';
export type Cause = { requestId: string | null; key: string | null };
/** Of what happens by itself. */
export const NO_CAUSE: Cause = { requestId: null, key: null };
const BACK_OFF_MS = [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000];

/** Records an event and schedules its delivery a moment later, so that it can overtake or lag the answer of the request. */
export function emit(
	world: World,
	account: Account,
	type: Stripe.Event['type'],
	object: unknown,
	cause: Cause,
	previous?: Record<string, unknown>
): void {
	const event = {
		id: world.id('evt_3'),
		object: 'event',
		api_version: API_VERSION,
		created: world.seconds(),
		livemode: false,
		pending_webhooks: world.endpoints.length,
		request: { id: cause.requestId, idempotency_key: cause.key },
		type,
		data: { object: publicView(object), ...(previous ? { previous_attributes: previous } : {}) },
		...(account.id ? { account: account.id } : {}),
		_delivered: world.endpoints.length === 0
	} as unknown as StoredEvent;
	world.events.push(event);
	world.changed();
	const { duplicate = 0, shuffle = false, delay_ms = 0 } = world.webhookFault;
	for (const endpoint of endpointsFor(world, type))
		for (let copy = 0; copy <= duplicate; copy++)
			setTimeout(
				() => void deliver(world, endpoint, event, 1),
				delay_ms + (shuffle ? Math.floor(Math.random() * 1500) : 20 + Math.floor(Math.random() * 60))
			);
}

const endpointsFor = (world: World, type: string): Endpoint[] =>
	world.endpoints.filter((endpoint) => endpoint.enabled_events.includes('*') || endpoint.enabled_events.includes(type));
const inFlight = new Set<Promise<void>>();

function deliver(world: World, endpoint: Endpoint, event: StoredEvent, attempt: number): Promise<void> {
	const sending = send(world, endpoint, event, attempt).finally(() => inFlight.delete(sending));
	inFlight.add(sending);
	return sending;
}

async function send(world: World, endpoint: Endpoint, event: StoredEvent, attempt: number): Promise<void> {
	if (world.webhookFault.drop_forever) return;
	let status: number | null = null;
	if (!world.webhookFault.hold) {
		const body = JSON.stringify(publicView(event), null, 2);
		try {
			const response = await fetch(endpoint.url, {
				method: 'POST',
				body,
				redirect: 'manual',
				signal: AbortSignal.timeout(10_000),
				headers: {
					'content-type': 'application/json; charset=utf-8',
					'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
					'stripe-signature': sign(world, endpoint.secret, body)
				}
			});
			status = response.status;
		} catch {
			status = null;
		}
		world.deliveries.push({ event: event.id, type: event.type, url: endpoint.url, at: world.now(), status, attempt });
	}
	if (status !== null && status >= 200 && status < 300) event._delivered = true;
	else if (attempt <= BACK_OFF_MS.length)
		setTimeout(() => void deliver(world, endpoint, event, attempt + 1), BACK_OFF_MS[attempt - 1]).unref();
	world.changed();
}

/** Signed with the wall clock whatever the sandbox's clock says: receivers check the age against theirs. */
function sign(world: World, secret: string, body: string): string {
	const t = Math.floor(Date.now() / 1000) - (world.webhookFault.old_timestamp ?? 0);
	const v1 = createHmac('sha256', world.webhookFault.bad_signature ? `${secret}x` : secret)
		.update(`${t}.${body}`)
		.digest('hex');
	return `t=${t},v1=${v1}`;
}

/** Sends again what has not been delivered: on demand, and when a fault is lifted. */
export async function redeliver(world: World): Promise<void> {
	const pending = world.events.filter((event) => !event._delivered);
	await Promise.all(
		pending.flatMap((event) => endpointsFor(world, event.type).map((endpoint) => deliver(world, endpoint, event, 1)))
	);
}
export async function settleDeliveries(): Promise<void> {
	await new Promise((done) => setTimeout(done, 120));
	await Promise.all(inFlight);
}
