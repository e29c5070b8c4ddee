// LoyaltyLion as its pages describe it (https://developers.loyaltylion.com, https://help.loyaltylion.com/en/articles/1965598-activity-custom): only enrolled
// customers earn, limits count calendar days, weeks, months and years, an activity is found again by the name of its rule and the shop's id.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export type Interval = 'day' | 'week' | 'month' | 'year';
export type Rule = { name: string; points: number; limit: { count: number; interval: Interval | null } | null };
export type Customer = {
	id: number;
	merchant_id: string;
	enrolled_at: string | null;
	points_approved: number;
	points_pending: number;
	points_spent: number;
	claimed_rewards: ClaimedReward[];
};
export type ClaimedReward = {
	id: number;
	claimed_at: string;
	title: string;
	state: 'approved';
	redeemable: { kind: string; code: string; expires_at: string | null; used_at: string | null; usage_status: string };
};
export type ActivityState = 'pending' | 'approved' | 'declined' | 'void';
export type Activity = {
	id: number;
	name: string;
	merchant_id: string;
	customer: string;
	value: number;
	state: ActivityState;
	date: string;
	created_at: string;
};
export const FAULT_NAMES = [
	'latency',
	'drop_before',
	'drop_after',
	'quota',
	'token_expired',
	'html_502',
	'truncate',
	'maintenance'
] as const;
/** `name`: one of the above, or `status:<code>`. `times`: how many calls it meets, all of them when left out. */
export type Fault = { name: string; path?: string; method?: string; times?: number; seen: number; ms?: number };

type Saved = { customers: Customer[]; rules: Rule[]; activities: Activity[]; nextId: number; scopes: string[] };
const ALL_SCOPES = ['read_customers', 'write_customers'];

export class LoyaltyWorld {
	readonly siteId = 4711;
	customers = new Map<string, Customer>();
	rules: Rule[] = [];
	activities: Activity[] = [];
	nextId = 1;
	/** What every key may. */
	scopes = [...ALL_SCOPES];
	disabledKeys: string[] = [];
	/** What is answered to an activity that is there already: the vendor does not say. */
	replay: 'same' | 'refuse' = 'same';
	faults: Fault[] = [];
	/** The event log: every call, and what was answered. */
	log: { at: string; method: string; path: string; status: number | null; note: string }[] = [];
	/** Milliseconds of the last calls of each key. */
	readonly calls = new Map<string, number[]>();
	readonly now: () => number;
	private readonly file: string | null;

	constructor(options: { now: () => number; file?: string | null }) {
		this.now = options.now;
		this.file = options.file ?? null;
		this.reset();
		if (this.file && existsSync(this.file)) this.load(JSON.parse(readFileSync(this.file, 'utf8')) as Saved);
	}
	reset(): void {
		this.customers = new Map();
		this.rules = [{ name: 'paid_on_time', points: 100, limit: null }];
		Object.assign(this, { activities: [], nextId: 1, scopes: [...ALL_SCOPES], disabledKeys: [], replay: 'same' });
		Object.assign(this, { faults: [], log: [] });
		this.calls.clear();
		this.save();
	}
	private load(saved: Saved): void {
		this.customers = new Map(saved.customers.map((customer) => [customer.merchant_id, customer]));
		Object.assign(this, {
			rules: saved.rules,
			activities: saved.activities,
			nextId: saved.nextId,
			scopes: saved.scopes
		});
	}
	save(): void {
		if (!this.file) return;
		mkdirSync(path.dirname(this.file), { recursive: true });
		const saved: Saved = {
			customers: [...this.customers.values()],
			rules: this.rules,
			activities: this.activities,
			nextId: this.nextId,
			scopes: this.scopes
		};
		writeFileSync(`${this.file}.new`, JSON.stringify(saved));
		renameSync(`${this.file}.new`, this.file);
	}

	/** A guest until somebody enrols. */
	customer(merchantId: string): Customer {
		let found = this.customers.get(merchantId);
		if (!found) {
			found = {
				id: this.nextId++,
				merchant_id: merchantId,
				enrolled_at: null,
				points_approved: 0,
				points_pending: 0,
				points_spent: 0,
				claimed_rewards: []
			};
			this.customers.set(merchantId, found);
		}
		return found;
	}
	enrol(merchantId: string): Customer {
		const customer = this.customer(merchantId);
		customer.enrolled_at ??= new Date(this.now()).toISOString();
		this.save();
		return customer;
	}
	/** A voucher that the customer took there for its points. */
	claim(merchantId: string, title: string, points: number): ClaimedReward {
		const customer = this.enrol(merchantId);
		const id = this.nextId++;
		customer.points_approved -= points;
		customer.points_spent += points;
		const reward: ClaimedReward = {
			id,
			claimed_at: new Date(this.now()).toISOString(),
			title,
			state: 'approved',
			redeemable: {
				kind: 'cart_discount_voucher',
				code: `LL-${String(id).padStart(6, '0')}`,
				expires_at: null,
				used_at: null,
				usage_status: 'not_used'
			}
		};
		customer.claimed_rewards.push(reward);
		this.save();
		return reward;
	}

	/** Taken in any case; earns only for an enrolled customer, by a rule of that name, within its limit. */
	track(asked: { name: string; merchant_id: string; customer_id: string; date: string; state: string }): Activity {
		const customer = this.customer(asked.customer_id);
		const rule = this.rules.find(({ name }) => name === asked.name);
		const earns = rule !== undefined && customer.enrolled_at !== null && !this.isLimited(rule, asked);
		const activity: Activity = {
			id: this.nextId++,
			name: asked.name,
			merchant_id: asked.merchant_id,
			customer: asked.customer_id,
			value: earns ? rule.points : 0,
			state: asked.state === 'approved' ? 'approved' : 'pending',
			date: asked.date,
			created_at: new Date(this.now()).toISOString()
		};
		this.activities.push(activity);
		if (activity.state === 'pending') customer.points_pending += activity.value;
		else customer.points_approved += activity.value;
		this.save();
		return activity;
	}
	/** By the calendar: 30 June and 1 July are two months. What was declined counts no more. */
	private isLimited(rule: Rule, { customer_id, date }: { customer_id: string; date: string }): boolean {
		const { limit } = rule;
		if (!limit) return false;
		const spent = this.activities.filter(
			(one) =>
				one.name === rule.name &&
				one.customer === customer_id &&
				one.value > 0 &&
				['pending', 'approved'].includes(one.state) &&
				(limit.interval === null || periodOf(one.date, limit.interval) === periodOf(date, limit.interval))
		);
		return spent.length >= limit.count;
	}
	/** `declined` is safe for both: of an approved one it is a void. Twice is once. */
	update(activity: Activity, state: string): void {
		const customer = this.customer(activity.customer);
		const { state: before, value } = activity;
		if (state === 'approved' && before === 'pending') {
			activity.state = 'approved';
			customer.points_pending -= value;
			customer.points_approved += value;
		} else if ((state === 'declined' || state === 'void') && before === 'pending') {
			activity.state = 'declined';
			customer.points_pending -= value;
		} else if ((state === 'declined' || state === 'void') && before === 'approved') {
			activity.state = 'void';
			customer.points_approved -= value;
		}
		this.save();
	}
}

function periodOf(date: string, interval: Interval): string {
	const day = date.slice(0, 10);
	if (interval === 'day') return day;
	if (interval === 'month') return day.slice(0, 7);
	if (interval === 'year') return day.slice(0, 4);
	const at = new Date(`${day}T12:00:00Z`);
	at.setUTCDate(at.getUTCDate() - ((at.getUTCDay() + 6) % 7)); // Monday
	return at.toISOString().slice(0, 10);
}
