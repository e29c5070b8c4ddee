// The state of the stand-in: one namespace per account, a clock that can be moved, a queue of what time will bring, a log of events.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type Stripe from 'stripe';

export type StoredToken = Stripe.ConfirmationToken & {
	_method: Stripe.PaymentMethod;
	_behaviour: string;
	_used: boolean;
};
export type Account = {
	id: string | null; // null is the platform itself
	customers: Record<string, Stripe.Customer>;
	payment_methods: Record<string, Stripe.PaymentMethod & { _behaviour: string; _setUp?: boolean }>;
	payment_intents: Record<
		string,
		Stripe.PaymentIntent & { _challenge?: string; _behaviour?: string; _authenticated?: string }
	>;
	setup_intents: Record<string, Stripe.SetupIntent & { _challenge?: string }>;
	charges: Record<string, Stripe.Charge>;
	refunds: Record<string, Stripe.Refund>;
	disputes: Record<string, Stripe.Dispute>;
	mandates: Record<string, Stripe.Mandate>;
	balance_transactions: Record<string, Stripe.BalanceTransaction>;
	confirmation_tokens: Record<string, StoredToken>;
	payouts: Record<string, Stripe.Payout>;
	/** When Stripe pays out by itself; 'stopped' once a payout has failed, until the bank account is set right. */
	_payoutSchedule?: 'manual' | 'daily' | 'weekly' | 'monthly' | 'stopped';
};
export type Work = { at: number; kind: string; account: string | null; id: string; extra?: string };
export type Delivery = { event: string; type: string; url: string; at: number; status: number | null; attempt: number };
export type Endpoint = { id: string; url: string; secret: string; enabled_events: string[] };
export type Fault = {
	id: string;
	name?: string | undefined;
	match: { method?: string; path?: string; account?: string; nth?: number; times?: number };
	do: {
		latency_ms?: number;
		status?: number;
		error?: Record<string, unknown>;
		drop?: 'before' | 'after';
		truncate?: boolean;
		html_502?: boolean;
		should_retry?: boolean;
	};
	seen: number;
};
/** What the next charges must do whatever the card or the account, and which wallets the payer's device has: the demo's switches. */
export type Forced = {
	card?: string | undefined;
	sepa?: string | undefined;
	saved?: string | undefined;
	wallets?: string | undefined;
};
export type WebhookFault = {
	duplicate?: number;
	shuffle?: boolean;
	delay_ms?: number;
	hold?: boolean;
	drop_forever?: boolean;
	bad_signature?: boolean;
	old_timestamp?: number;
};

type Saved = {
	offsetMs: number;
	accounts: Record<string, Account>;
	work: Work[];
	events: StoredEvent[];
	idempotency: Record<string, StoredAnswer>;
};
export type StoredEvent = Stripe.Event & { _delivered: boolean };
export type StoredAnswer = { fingerprint: string; status: number; body: string; at: number };

export class World {
	accounts = new Map<string, Account>();
	work: Work[] = [];
	events: StoredEvent[] = [];
	idempotency = new Map<string, StoredAnswer>();
	running = new Set<string>();
	deliveries: Delivery[] = [];
	requests: { method: string; path: string; key: string | null; account: string | null; status: number }[] = [];
	endpoints: Endpoint[] = [];
	faults: Fault[] = [];
	/** Keys that were rolled, and accounts that the platform no longer has access to: refused before anything else is looked at. */
	refusedKeys: string[] = [];
	refusedAccounts: string[] = [];
	forced: Forced = {};
	webhookFault: WebhookFault = {};
	offsetMs = 0;
	private readonly file: string | null;
	private timer: NodeJS.Timeout | undefined;

	constructor(options: { accounts: (string | null)[]; file?: string | null }) {
		this.file = options.file ?? null;
		for (const id of [null, ...options.accounts]) this.accounts.set(id ?? '', emptyAccount(id));
		if (this.file && existsSync(this.file)) this.load(JSON.parse(readFileSync(this.file, 'utf8')) as Saved);
	}

	/** Milliseconds since 1970 on the sandbox's clock. */
	now(): number {
		return Date.now() + this.offsetMs;
	}
	seconds(): number {
		return Math.floor(this.now() / 1000);
	}
	id(prefix: string): string {
		return `${prefix}${randomBytes(18).toString('base64url').replace(/[-_]/g, 'x')}`;
	}
	later(delayMs: number, kind: string, account: Account, id: string, extra?: string): void {
		this.work.push({
			at: this.now() + delayMs,
			kind,
			account: account.id,
			id,
			...(extra === undefined ? {} : { extra })
		});
		this.changed();
	}

	/** Everything is on disk a moment after it changed: a restarted sandbox remembers the money. */
	changed(): void {
		if (!this.file || this.timer) return;
		this.timer = setTimeout(() => this.save(), 50);
		this.timer.unref();
	}
	save(): void {
		if (!this.file) return;
		clearTimeout(this.timer);
		this.timer = undefined;
		mkdirSync(path.dirname(this.file), { recursive: true });
		const saved: Saved = {
			offsetMs: this.offsetMs,
			accounts: Object.fromEntries(this.accounts),
			work: this.work,
			events: this.events.slice(-2000),
			idempotency: Object.fromEntries(this.idempotency)
		};
		writeFileSync(`${this.file}.new`, JSON.stringify(saved));
		renameSync(`${this.file}.new`, this.file);
	}
	reset(): void {
		for (const id of this.accounts.keys()) this.accounts.set(id, emptyAccount(id || null));
		Object.assign(this, {
			work: [],
			events: [],
			deliveries: [],
			requests: [],
			faults: [],
			refusedKeys: [],
			refusedAccounts: [],
			forced: {},
			webhookFault: {},
			offsetMs: 0
		});
		this.idempotency.clear();
		this.changed();
	}
	private load(saved: Saved): void {
		this.offsetMs = saved.offsetMs;
		this.work = saved.work;
		this.events = saved.events;
		for (const [id, account] of Object.entries(saved.accounts))
			this.accounts.set(id, { ...emptyAccount(id || null), ...account });
		for (const [key, answer] of Object.entries(saved.idempotency)) this.idempotency.set(key, answer);
	}
}

const emptyAccount = (id: string | null): Account => ({
	id,
	customers: {},
	payment_methods: {},
	payment_intents: {},
	setup_intents: {},
	charges: {},
	refunds: {},
	disputes: {},
	mandates: {},
	balance_transactions: {},
	confirmation_tokens: {},
	payouts: {}
});

/** What leaves the house: fields that begin with an underscore are ours. */
export const publicView = <T>(value: T): T =>
	JSON.parse(JSON.stringify(value, (key, inner: unknown) => (key.startsWith('_') ? undefined : inner))) as T;
