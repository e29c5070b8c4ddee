// The levers: clock, faults, forced outcomes, logs. Only under /_sandbox, only on loopback.
import { fillBalance } from './balance.ts';
import { lapse } from './confirm.ts';
import { debitFails, debitSucceeds } from './debits.ts';
import { expireCard, replaceCard, revokeMandates } from './methods.ts';
import { NO_CAUSE, redeliver, settleDeliveries } from './events.ts';
import {
	isOwnMove,
	moveBalance,
	payOutDue,
	payoutArrives,
	payoutFails,
	payoutLeaves,
	schedulePayouts
} from './payouts.ts';
import { closeDispute, openDispute, refundFails, refundSucceeds } from './reversals.ts';
import type { Fault, Forced, WebhookFault, Work, World } from './world.ts';

type Answer = { status: number; body: string };
const ok = (value: unknown): Answer => ({ status: 200, body: JSON.stringify(value) });

/** Does what time has made due, in order; each piece of work happens at its own moment of the sandbox's clock. */
export function runDue(world: World): string[] {
	const done: string[] = [];
	const target = world.offsetMs;
	for (;;) {
		world.work.sort((a, b) => a.at - b.at);
		const next = world.work[0];
		if (!next || next.at > Date.now() + target) break;
		world.work.shift();
		world.offsetMs = Math.min(target, next.at - Date.now());
		perform(world, next);
		world.offsetMs = target;
		done.push(`${next.kind} ${next.id}`);
	}
	if (done.length) world.changed();
	return done;
}

function perform(world: World, work: Work): void {
	const account = world.accounts.get(work.account ?? '');
	const charge = account?.charges[work.id];
	const refund = account?.refunds[work.id];
	const payout = account?.payouts[work.id];
	if (!account) return;
	if (work.kind === 'balance' && charge) fillBalance(world, account, charge);
	if (work.kind === 'debit_succeeds' && charge) debitSucceeds(world, account, charge, work.extra ?? 'success');
	if (work.kind === 'debit_fails' && charge) debitFails(world, account, charge, work.extra ?? 'failed');
	if (work.kind === 'dispute' && charge) openDispute(world, account, charge, work.extra ?? 'fraudulent');
	if (work.kind === 'refund_succeeds' && refund) refundSucceeds(world, account, refund);
	if (work.kind === 'refund_fails' && refund) refundFails(world, account, refund);
	if (work.kind === 'payout_due') payOutDue(world, account);
	if (work.kind === 'payout_leaves' && payout) payoutLeaves(world, account, payout);
	if (work.kind === 'payout_arrives' && payout) payoutArrives(world, account, payout);
	const intent = account.payment_intents[work.id];
	if (work.kind === 'authentication_lapses' && intent) lapse(world, account, intent);
}

function trigger(world: World, type: string, id: string, extra: string): unknown {
	const whole = world.accounts.get(id);
	if (whole && type === 'payout_schedule') return schedulePayouts(world, whole, extra);
	if (whole && isOwnMove(type)) return moveBalance(world, whole, type, Number(extra));
	for (const account of world.accounts.values()) {
		const method = account.payment_methods[id];
		if (method && type === 'mandate_revoke') return revokeMandates(world, account, id, NO_CAUSE);
		// Of a bank account, neither happens.
		if (method?.card && type === 'automatically_updated') return replaceCard(world, account, method, NO_CAUSE);
		if (method?.card && type === 'card_expire') return expireCard(world, method);
		const charge = account.charges[id] ?? account.charges[account.payment_intents[id]?.latest_charge as string];
		if (charge && type === 'dispute')
			return openDispute(
				world,
				account,
				charge,
				extra || (charge.payment_method_details?.type === 'card' ? 'fraudulent' : 'debit_not_authorized')
			);
		if (charge && type === 'sepa_fail') return debitFails(world, account, charge, extra || 'insufficient_funds');
		if (charge && type === 'sepa_success') return debitSucceeds(world, account, charge, 'success');
		const dispute = account.disputes[id];
		if (dispute && type === 'dispute_reinstate') return closeDispute(world, account, dispute, 'lost', Number(extra));
		const payout = account.payouts[id];
		if (payout && type === 'payout_fail') return payoutFails(world, account, payout, extra || 'account_closed');
		if (account.refunds[id] && type === 'refund_fail') return refundFails(world, account, account.refunds[id]);
	}
	return null;
}

export async function control(world: World, method: string, url: URL, body: string): Promise<Answer> {
	const input = (body ? JSON.parse(body) : {}) as Record<string, unknown>;
	switch (`${method} ${url.pathname.replace('/_sandbox', '')}`) {
		case 'GET /clock':
			return ok({ now: new Date(world.now()).toISOString(), offsetMs: world.offsetMs });
		case 'POST /clock': {
			world.offsetMs = Math.max(world.offsetMs, Number(input.offsetMs));
			const done = runDue(world);
			await settleDeliveries();
			return ok({ now: new Date(world.now()).toISOString(), offsetMs: world.offsetMs, done });
		}
		case 'GET /faults':
			return ok({ faults: world.faults, forced: world.forced, webhooks: world.webhookFault });
		case 'POST /faults': {
			const faults = (Array.isArray(input.faults) ? input.faults : []) as Omit<Fault, 'id' | 'seen'>[];
			world.faults.push(...faults.map((fault) => ({ ...fault, id: world.id('fault_'), seen: 0 })));
			if (Array.isArray(input.refusedKeys)) world.refusedKeys = input.refusedKeys as string[];
			if (Array.isArray(input.refusedAccounts)) world.refusedAccounts = input.refusedAccounts as string[];
			if (input.forced) world.forced = { ...world.forced, ...(input.forced as Forced) };
			if (input.webhooks) {
				const held = world.webhookFault.hold;
				world.webhookFault = input.webhooks as WebhookFault;
				if (held && !world.webhookFault.hold) void redeliver(world);
			}
			return ok({ faults: world.faults, forced: world.forced, webhooks: world.webhookFault });
		}
		case 'DELETE /faults':
			if (url.searchParams.has('name')) {
				world.faults = world.faults.filter((fault) => fault.name !== url.searchParams.get('name'));
				return ok({});
			}
			Object.assign(world, { faults: [], refusedKeys: [], refusedAccounts: [], forced: {}, webhookFault: {} });
			if (url.searchParams.get('redeliver') !== 'no') void redeliver(world);
			return ok({});
		case 'POST /redeliver':
			await redeliver(world);
			return ok({});
		case 'POST /trigger':
			return ok(trigger(world, String(input.type), String(input.id), String(input.extra ?? '')) ?? {});
		case 'POST /endpoint':
			world.endpoints = [
				{ id: world.id('we_1'), url: String(input.url), secret: String(input.secret), enabled_events: ['*'] }
			];
			return ok({});
		case 'GET /requests':
			return ok(world.requests);
		case 'GET /deliveries':
			return ok(world.deliveries);
		case 'GET /state':
			return ok({ accounts: Object.fromEntries(world.accounts), events: world.events, work: world.work });
		case 'POST /reset':
			world.reset();
			world.offsetMs = Number(input.offsetMs ?? 0);
			return ok({});
		default:
			return { status: 404, body: JSON.stringify({ error: `no such lever: ${method} ${url.pathname}` }) };
	}
}
