// What LoyaltyLion's stand-in knows, as a page: customers, rules, activities, and every call with its answer.
import type { LoyaltyWorld } from './world.ts';

const SHOWN = 200;
const escape = (value: unknown): string => String(value ?? '').replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const table = (title: string, head: string[], rows: unknown[][]): string =>
	`<h2>${title} (${rows.length})</h2><table border="1" cellpadding="4"><tr>${head.map((name) => `<th>${name}</th>`).join('')}</tr>${rows
		.slice(-SHOWN)
		.reverse()
		.map((row) => `<tr>${row.map((cell) => `<td>${escape(cell)}</td>`).join('')}</tr>`)
		.join('')}</table>`;

export function statePage(world: LoyaltyWorld): string {
	return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Stand-in of LoyaltyLion</title><style>body{font:14px system-ui;margin:1rem}table{border-collapse:collapse}</style>
<h1>Stand-in of LoyaltyLion</h1><p>Not LoyaltyLion: it answers as its pages say, for the demo and the tests. Site ${world.siteId}. Keys: pat_00000000 and 24 more hexadecimal digits. Latest ${SHOWN} of each.</p>
${table(
	'Rules',
	['name', 'points', 'limit'],
	world.rules.map(({ name, points, limit }) => [
		name,
		points,
		limit ? `${limit.count} per ${limit.interval ?? 'life'}` : ''
	])
)}
${table(
	'Customers',
	['merchant_id', 'enrolled', 'approved', 'pending', 'spent', 'rewards'],
	[...world.customers.values()].map((one) => [
		one.merchant_id,
		one.enrolled_at ?? 'guest',
		one.points_approved,
		one.points_pending,
		one.points_spent,
		one.claimed_rewards.map(({ title, redeemable }) => `${title} ${redeemable.code}`).join(', ')
	])
)}
${table(
	'Activities',
	['id', 'name', 'merchant_id', 'customer', 'points', 'state', 'date'],
	world.activities.map((one) => [one.id, one.name, one.merchant_id, one.customer, one.value, one.state, one.date])
)}
${table(
	'Calls',
	['at', 'method', 'path', 'status', ''],
	world.log.map(({ at, method, path, status, note }) => [at, method, path, status ?? 'cut', note])
)}</html>`;
}
