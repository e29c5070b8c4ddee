// LoyaltyLion in our words (Admin API v2, Headless API 2025-06; https://developers.loyaltylion.com). 20 requests a second and key: every call takes its
// place in a row that all processes share. The key leaves in one header, to one address, and stands in no error.
import * as v from 'valibot';
import type { Config } from '../../config.ts';
import type { ClaimedReward } from '../../../domain/points/loyalty.ts';
import type { LoyaltyAnswer, LoyaltyDoor, LoyaltyGateway, LoyaltyMemberThere } from './port.ts';
import { caller, type Call, type MakeCall, type TakePlace } from './transport.ts';

const PAGE = 500;
/** 20,000 activities: one award is looked for among those of the last minutes or days. */
const PAGES_MAX = 40;

const Activities = v.object({
	activities: v.array(v.object({ id: v.number(), merchant_id: v.nullish(v.string()) })),
	cursor: v.nullish(v.object({ next: v.nullish(v.string()) }))
});
const Points = v.pipe(v.number(), v.integer());
const Customer = v.object({
	customer: v.object({
		state: v.string(),
		points_approved: v.optional(Points, 0),
		points_pending: v.optional(Points, 0),
		claimed_rewards: v.optional(
			v.array(
				v.object({
					id: v.number(),
					title: v.string(),
					claimed_at: v.string(),
					redeemable: v.nullish(
						v.object({
							code: v.nullish(v.string()),
							expires_at: v.nullish(v.string()),
							used_at: v.nullish(v.string()),
							usage_status: v.nullish(v.string())
						})
					)
				})
			),
			[]
		)
	})
});

export function loyaltyGateway(config: Pick<Config, 'loyalty' | 'sandbox'>, takePlace: TakePlace): LoyaltyGateway {
	const call = caller(config, takePlace);
	return {
		async greet(door) {
			const site = await call(door, { method: 'GET', path: `/headless/2025-06/${door.siteId}/configuration` });
			if (site.kind !== 'ok') return site;
			const latest = await listActivities(call, door, { limit: '1' });
			if (latest.kind !== 'ok') return latest;
			return { kind: 'ok', value: { seenActivityId: newestOf(latest.value.activities, 0) } };
		},
		async recordOnTimePayment(door, { ruleName, activityId, clientId, paidOn }) {
			const answer = await call(door, {
				method: 'POST',
				path: `/v2/activities?site_id=${door.siteId}`,
				body: {
					name: ruleName,
					merchant_id: activityId,
					customer_id: clientId,
					date: `${paidOn}T12:00:00Z`,
					state: 'pending'
				}
			});
			return answer.kind === 'ok' ? { kind: 'ok', value: null } : answer;
		},
		findPayment: (door, asked) => findPayment(call, door, asked),
		async setPaymentState(door, { ruleName, activityId, state }) {
			const path = `/v2/activities/${encodeURIComponent(ruleName)}/${encodeURIComponent(activityId)}`;
			const answer = await call(door, { method: 'PUT', path, body: { state } });
			return answer.kind === 'ok' ? { kind: 'ok', value: null } : answer;
		},
		async readMember(door, clientId) {
			const path = `/headless/2025-06/${door.siteId}/customers/${encodeURIComponent(clientId)}`;
			const answer = await ask(call, door, { method: 'GET', path }, Customer);
			if (answer.kind === 'refused' && answer.status === 404) return { kind: 'ok', value: NOBODY };
			return answer.kind === 'ok' ? { kind: 'ok', value: memberOf(answer.value.customer) } : answer;
		}
	};
}

async function ask<T>(
	call: MakeCall,
	door: LoyaltyDoor,
	what: Call,
	shape: v.GenericSchema<unknown, T>
): Promise<LoyaltyAnswer<T>> {
	const answer = await call(door, what);
	if (answer.kind !== 'ok') return answer;
	const read = v.safeParse(shape, answer.value);
	return read.success
		? { kind: 'ok', value: read.output }
		: { kind: 'later', status: 200, retryAfterMs: null, problem: 'an answer in another shape' };
}
const listActivities = (call: MakeCall, door: LoyaltyDoor, query: Record<string, string>) =>
	ask(call, door, { method: 'GET', path: `/v2/activities?${new URLSearchParams(query).toString()}` }, Activities);

async function findPayment(
	call: MakeCall,
	door: LoyaltyDoor,
	{ activityId, sinceId }: { activityId: string; sinceId: number }
): ReturnType<LoyaltyGateway['findPayment']> {
	let seen = sinceId;
	let cursor: string | null = null;
	for (let page = 0; page < PAGES_MAX; page++) {
		const list: LoyaltyAnswer<v.InferOutput<typeof Activities>> = await listActivities(call, door, {
			since_id: String(sinceId),
			limit: String(PAGE),
			...(cursor ? { cursor } : {})
		});
		if (list.kind !== 'ok') return list;
		seen = newestOf(list.value.activities, seen);
		if (list.value.activities.some((activity) => activity.merchant_id === activityId))
			return { kind: 'ok', value: { isThere: true, isWhole: false, seenActivityId: seen } };
		cursor = list.value.cursor?.next ?? null;
		if (!cursor) return { kind: 'ok', value: { isThere: false, isWhole: true, seenActivityId: seen } };
	}
	return { kind: 'ok', value: { isThere: false, isWhole: false, seenActivityId: sinceId } };
}
const NOBODY: LoyaltyMemberThere = { state: 'unknown', pointsApproved: 0, pointsPending: 0, rewards: [] };
const newestOf = (activities: { id: number }[], seen: number): number =>
	activities.reduce((newest, { id }) => Math.max(newest, id), seen);

function memberOf(customer: v.InferOutput<typeof Customer>['customer']): LoyaltyMemberThere {
	return {
		state: customer.state === 'enrolled' ? 'enrolled' : 'guest',
		pointsApproved: customer.points_approved,
		pointsPending: customer.points_pending,
		rewards: customer.claimed_rewards.slice(0, 50).map((reward): ClaimedReward => ({
			id: reward.id,
			title: reward.title.slice(0, 200),
			code: reward.redeemable?.code?.slice(0, 100) ?? null,
			claimedAt: reward.claimed_at,
			expiresAt: reward.redeemable?.expires_at ?? null,
			isUsed: Boolean(reward.redeemable?.used_at) || reward.redeemable?.usage_status === 'used'
		}))
	};
}
