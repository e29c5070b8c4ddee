// What the product needs of a payment provider, in its own words. The Stripe client beside this file speaks it.
import type { CivilDate } from '../../../domain/calendar/civil-date.ts';
import type { IntentSnapshot } from '../../../domain/payments/attempt-status.ts';
import type { Minor } from '../../../domain/money/minor.ts';
import type { Silence } from '../../../domain/payments/silence.ts';
import type { MethodFacts, PaymentMethodType } from '../../../domain/payments/methods.ts';

/** Charged again by itself for the parts of a plan, or by its owner for a next payment. */
export type KeptFor = 'parts' | 'owner';
export type ConfirmInput = {
	account: string | null;
	attemptId: string; // the idempotency key
	intentId: string | null; // a declined intent to try again, or null for a new one
	amountMinor: Minor;
	currency: string;
	/** What is charged: what the browser has just collected, or a means of payment kept before. */
	source: { kind: 'token'; tokenId: string } | { kind: 'saved'; paymentMethodId: string };
	customerId: string | null;
	/** Nobody is there: a bank that wants a confirmation refuses instead. */
	offSession: boolean;
	/** The means of payment is kept, as its owner agreed. */
	keptFor: KeptFor | null;
	/** SEPA: the day the debit should land on. */
	targetOn: CivilDate | null;
	allowedTypes: PaymentMethodType[];
	description: string;
	returnUrl: string;
	metadata: Record<string, string>;
};
/** Stripe could not be asked, or its answer was lost. It says nothing of what it was asked about: everything stays as it is known. */
export class NotAsked extends Error {
	readonly account: string | null;
	readonly silence: Silence;
	constructor(account: string | null, silence: Silence, cause: unknown) {
		super(`Stripe could not be asked: ${silence}`, { cause });
		this.account = account;
		this.silence = silence;
	}
}
/**
 * `unknown` is the dangerous one: money may have moved. It is never shown as a failure. `refused` is said of this one question: an earlier one under
 * the same key, whose answer was lost, is looked up before anything ends.
 */
export type Refused = { kind: 'refused'; code: string; message: string; aboutMethod: boolean };
export type ConfirmOutcome = { kind: 'intent'; intentId: string } | Refused | { kind: 'unknown' };

export type IntentRefund = {
	id: string;
	refundRequestId: string | null; // null for one made elsewhere, in Stripe's own dashboard
	status: string;
	amountMinor: Minor;
	reason: string | null;
	/** What Stripe took for it, each by its balance transaction. */
	fees: MoveFee[];
	createdAt: Date;
};
/** A fee, or one given back (negative). */
export type MoveFee = { moveId: string; feeMinor: Minor; at: Date };
/** Money taken by the bank (below zero) or given back (above zero): all of a charge, or a part; mostly one of each. */
export type DisputeMove = MoveFee & { objectId: string; amountMinor: Minor };
export type IntentDispute = { id: string; status: string; reason: string; moves: DisputeMove[]; createdAt: Date };
/** A PaymentIntent as it stands now, with what became of its money. */
export type IntentState = IntentSnapshot &
	MethodFacts & {
		intentId: string;
		attemptId: string | null;
		amountReceivedMinor: Minor;
		clientSecret: string | null;
		errorCode: string | null;
		declineCode: string | null;
		chargeId: string | null;
		paidAt: Date | null;
		feeMinor: Minor | null; // null until the provider knows it
		refunds: IntentRefund[];
		disputes: IntentDispute[];
	};
export type RefundOutcome = { kind: 'accepted'; refundId: string } | Refused | { kind: 'unknown' };
/** Of no payment: paid out to the bank, come back from it, put in from it, held back or set free by Stripe, taken by Stripe as its fee. */
export type OwnMove = 'payout' | 'payout_returned' | 'top_up' | 'reserve' | 'fee';
/** One balance transaction: what it did to the balance, and what it is about. */
export type MoneyMove = {
	/** A client's money that comes, goes back or is restored; the account's own; or what nothing here knows. */
	kind: 'in' | 'back' | 'restored' | OwnMove | 'other';
	moveId: string;
	/** The charge, refund, dispute or payout; '' for what has none. */
	objectId: string;
	/** null for what is about no payment: a payout, a fee of Stripe's own. */
	intentId: string | null;
	currency: string;
	amountMinor: Minor;
	feeMinor: Minor;
	at: Date;
};
export type AccountBook = { moves: MoneyMove[]; balanceMinor: Minor };
/** The head of a verified event: what to look at, never what to believe. */
export type EventHead = {
	id: string;
	type: string;
	account: string | null;
	objectId: string;
	paymentIntentId: string | null;
	/** The means of payment, or the mandate, that something happened to. */
	methodId: string | null;
	/** The SetupIntent that a bank has refused something on. */
	setupIntentId: string | null;
	/** What was paid out to the bank, or came back from it. */
	payoutId: string | null;
	createdAt: Date;
};

export type SetupInput = {
	account: string | null;
	setupId: string; // the idempotency key
	customerId: string;
	confirmationTokenId: string;
	allowedTypes: PaymentMethodType[];
	returnUrl: string;
	keptFor: KeptFor;
	metadata: Record<string, string>;
};
/** A SetupIntent as it stands now. */
export type SetupState = MethodFacts & {
	setupIntentId: string;
	status: string;
	clientSecret: string | null;
	errorCode: string | null;
	declineCode: string | null;
};
/** A kept means of payment as it stands now; not usable once its bank or its owner has taken it away. */
export type MethodState = MethodFacts & { isUsable: boolean };

/** What was asked, and when: a question is heard within a day of the row that comes before it. */
export type Asked = { account: string | null; id: string; customerId: string | null; since: Date };

/** Every method but those that resolve whatever happens throws `NotAsked` when Stripe could not be asked. */
export type PaymentGateway = {
	/** Whether an account answers at all, with the key of today. */
	greet(account: string | null): Promise<void>;
	/** Whether who answers knows an intent or a customer that the account has named itself: the key of another account, or of another mode, does not. */
	knows(account: string | null, id: string): Promise<boolean>;
	/** The intent that an attempt or a setup became, found by its metadata; null: it became none. */
	findIntent(asked: Asked): Promise<string | null>;
	findSetupIntent(asked: Asked): Promise<string | null>;
	/** The customer of a client, the same however often it is asked. */
	ensureCustomer(input: {
		account: string | null;
		supplierId: string;
		clientId: string;
		name: string;
		email: string | null;
	}): Promise<string>;
	/** Asks the bank to let a means of payment be charged later. */
	setUp(input: SetupInput): Promise<ConfirmOutcome>;
	retrieveSetup(account: string | null, setupIntentId: string): Promise<SetupState | null>;
	/** Resolves whatever happens; what became of it is read afterwards. */
	cancelSetup(account: string | null, setupIntentId: string): Promise<void>;
	/** By the id of a means of payment, or of its mandate; null for what does not exist. */
	retrieveMethod(account: string | null, methodOrMandateId: string): Promise<MethodState | null>;
	/** What a browser has collected, before it is used; null for a token that does not exist. */
	previewToken(account: string | null, tokenId: string): Promise<MethodFacts | null>;
	/** Forgets a means of payment, and ends its mandate. `true`: it is gone. */
	detachMethod(account: string | null, paymentMethodId: string): Promise<boolean>;
	confirm(input: ConfirmInput): Promise<ConfirmOutcome>;
	/**
	 * The payer has answered the bank, and nothing is charged before the server says so. Resolves whatever happens; what became of it is read
	 * afterwards: an intent is charged once, however often this is asked.
	 */
	confirmAgain(input: Pick<ConfirmInput, 'account' | 'returnUrl'> & { intentId: string }): Promise<void>;
	/** null: the account knows no such intent. Of one that it has named itself, that ends nothing. */
	retrieve(account: string | null, intentId: string): Promise<IntentState | null>;
	/** Resolves whatever happens; what became of the intent is read afterwards. */
	cancel(account: string | null, intentId: string): Promise<void>;
	refund(input: {
		account: string | null;
		refundRequestId: string;
		intentId: string;
		amountMinor: Minor;
	}): Promise<RefundOutcome>;
	/** Ids of the intents that any event since an instant is about: what a lost webhook could hide, late returns included. */
	listIntentIds(account: string | null, since: Date): Promise<string[]>;
	/**
	 * All that moved on the account since an instant, each with what it is about, and the balance that this comes to: what is available and what will be, in one
	 * currency. null: it went on moving while it was read.
	 */
	readBook(account: string | null, since: Date, currency: string): Promise<AccountBook | null>;
	/** null when the signature, the age or the mode is wrong. */
	readEvent(rawBody: string, signature: string): EventHead | null;
};
