// What LoyaltyLion answers to each call: Admin API v2 and Headless API 2025-06, with the error body of both.
import type { Activity, Customer, LoyaltyWorld } from './world.ts';

export type Answer = { status: number; body: unknown; headers?: Record<string, string>; note?: string };
type Asked = { method: string; url: URL; body: string; channel: string | null };

export const failure = (status: number, message: string, details?: Record<string, string>): Answer => ({
	status,
	body: { error: { message, ...(details ? { details } : {}) } }
});
const missing = (scope: string): Answer =>
	failure(403, 'The API key does not have the required scope', { scope: `requires ${scope}` });

export function answer(world: LoyaltyWorld, { method, url, body, channel }: Asked): Answer {
	const may = (scope: string): boolean =>
		world.scopes.includes(scope) || world.scopes.includes(`write_${scope.slice(5)}`);
	const { pathname: path } = url;
	const one = /^\/v2\/activities\/([^/]+)\/([^/]+)$/.exec(path);
	const headless = /^\/headless\/2025-06\/(\d+)\/(configuration|customers\/([^/]+))$/.exec(path);
	if (path === '/v2/activities' && method === 'POST')
		return world.scopes.includes('write_customers') ? track(world, body) : missing('write_customers');
	if (path === '/v2/activities' && method === 'GET')
		return may('read_customers') ? listActivities(world, url) : missing('read_customers');
	if (one && method === 'PUT')
		return world.scopes.includes('write_customers')
			? update(world, decodeURIComponent(one[1] ?? ''), decodeURIComponent(one[2] ?? ''), body)
			: missing('write_customers');
	if (headless && method === 'GET') {
		if (Number(headless[1]) !== world.siteId) return failure(404, 'Site not found');
		if (!['web', 'pos', 'mobile'].includes(channel ?? ''))
			return failure(400, 'Invalid request', { channel: 'is required: web, pos or mobile' });
		if (!may('read_customers')) return missing('read_customers');
		if (headless[2] === 'configuration') return { status: 200, body: { site: { id: world.siteId }, language: 'fr' } };
		const customer = world.customers.get(decodeURIComponent(headless[3] ?? ''));
		return customer
			? { status: 200, body: { customer: headlessCustomer(customer) } }
			: failure(404, 'Customer not found');
	}
	return failure(404, 'Not found');
}

function parse(body: string): Record<string, unknown> | null {
	try {
		const read: unknown = JSON.parse(body);
		return read && typeof read === 'object' ? (read as Record<string, unknown>) : null;
	} catch {
		return null;
	}
}

function track(world: LoyaltyWorld, body: string): Answer {
	const asked = parse(body);
	if (!asked) return failure(400, 'Invalid JSON');
	const { name, merchant_id, customer_id, date, state } = asked;
	if (typeof name !== 'string' || !/^[A-Za-z_]+$/.test(name))
		return failure(400, 'Invalid request', { name: 'letters and _ only' });
	if (typeof merchant_id !== 'string' || !merchant_id)
		return failure(400, 'Invalid request', { merchant_id: 'is required' });
	if (typeof customer_id !== 'string' || !customer_id)
		return failure(400, 'Invalid request', { customer_id: 'is required' });
	if (typeof date !== 'string' || Number.isNaN(Date.parse(date)))
		return failure(400, 'Invalid request', { date: 'ISO 8601' });
	const known = world.activities.some((one) => one.name === name && one.merchant_id === merchant_id);
	if (known)
		return world.replay === 'same'
			? { status: 201, body: {}, note: 'replayed: one activity' }
			: failure(422, 'merchant_id has already been taken');
	const activity = world.track({ name, merchant_id, customer_id, date, state: typeof state === 'string' ? state : '' });
	return { status: 201, body: {}, note: activity.value ? `${activity.value} points` : 'earns nothing' };
}

function update(world: LoyaltyWorld, name: string, merchantId: string, body: string): Answer {
	const state = parse(body)?.state;
	if (typeof state !== 'string' || !['approved', 'declined', 'void'].includes(state))
		return failure(400, 'Invalid request', { state: 'approved, declined or void' });
	const activity = world.activities.find((one) => one.name === name && one.merchant_id === merchantId);
	if (!activity) return failure(404, 'Activity not found');
	world.update(activity, state);
	return { status: 200, body: null };
}

/** Newest first; `since_id`, `limit` and a cursor as every list has them. */
function listActivities(world: LoyaltyWorld, url: URL): Answer {
	const limit = Number(url.searchParams.get('limit') ?? 100);
	if (!Number.isInteger(limit) || limit < 1 || limit > 500)
		return failure(400, 'Invalid request', { limit: '1 to 500' });
	const since = Number(url.searchParams.get('since_id') ?? 0);
	const before = Number(url.searchParams.get('cursor') ?? Infinity);
	const found = world.activities.filter(({ id }) => id > since && id < before).sort((a, b) => b.id - a.id);
	const page = found.slice(0, limit);
	const next = found.length > limit ? String(page.at(-1)?.id ?? '') : null;
	return { status: 200, body: { activities: page.map((one) => shown(world, one)), cursor: { prev: null, next } } };
}
const shown = (world: LoyaltyWorld, one: Activity) => {
	const customer = world.customer(one.customer);
	return {
		id: one.id,
		merchant_id: one.merchant_id,
		value: one.value,
		state: one.state,
		created_at: one.created_at,
		rule: { id: 1, name: one.name, title: one.name },
		customer: { id: customer.id, merchant_id: customer.merchant_id, points_pending: customer.points_pending }
	};
};
const headlessCustomer = ({ enrolled_at, ...customer }: Customer) => ({
	...customer,
	enrolled_at,
	state: enrolled_at ? 'enrolled' : 'guest',
	available_rules: []
});
