// What each piece of news makes stale. A page says which topics it shows (server/http/follows.ts), and reads itself again for news of these only. Rather a
// topic too many than a page that shows what is no more.

export const TOPICS = ['clients', 'invoices', 'payments', 'plans', 'points', 'offers', 'bank', 'imports'] as const;
/** `clients`: whatever concerns a client, or may concern any. All but the steps of an import, which change nothing for anybody until something is kept. */
export type Topic = (typeof TOPICS)[number];

export type NewsKind =
	| 'invoice.opened'
	| 'payment.processing'
	| 'payment.declined'
	| 'payment.received'
	| 'payment.reversed'
	| 'attempt.changed'
	| 'contact.mail_problem'
	| 'bank.changed'
	| 'import.changed'
	| 'invoice.withdrawn'
	| 'plan.changed'
	| 'offers.changed'
	| 'points.changed'
	| 'time.moved';

/** Money that moves, or may: what is open, what a plan or points may still do, and what a bank transaction may pay. */
const MONEY: readonly Topic[] = ['clients', 'invoices', 'payments', 'plans', 'points', 'bank'];
const STALE_AFTER: Readonly<Record<NewsKind, readonly Topic[]>> = {
	'invoice.opened': ['clients', 'invoices', 'points', 'bank'],
	'invoice.withdrawn': MONEY,
	'payment.processing': MONEY,
	'payment.declined': MONEY,
	'payment.received': MONEY,
	'payment.reversed': MONEY,
	'attempt.changed': MONEY,
	'plan.changed': MONEY,
	// Who a client is counts with its offers: its kind, its group, the day of its delivery. What the supplier says of itself is told by this, too.
	'offers.changed': ['clients', 'invoices', 'plans', 'points', 'offers', 'bank'],
	// Points pay, and a tier has offers of its own.
	'points.changed': ['clients', 'invoices', 'points', 'offers'],
	'contact.mail_problem': ['clients', 'invoices'],
	// A transaction that is given back, or undone, is a payment less.
	'bank.changed': ['clients', 'payments', 'bank'],
	'import.changed': ['imports'],
	'time.moved': TOPICS
};
export const staleAfter = (kind: NewsKind): readonly Topic[] => STALE_AFTER[kind];
