// An instalment that was refused: what comes next, and when a plan breaks. Sources: https://docs.stripe.com/declines/codes for cards; SEPA return reasons
// (insufficient funds and unstated reasons may be presented again, at most twice, five business days apart; a revoked mandate never).
import { addTargetDays } from '../calendar/business-days.ts';
import { addDays, type CivilDate } from '../calendar/civil-date.ts';
import { mayBeConsumer, type ClientKind } from '../invoices/client-kind.ts';

export type Failure = {
	errorCode: string | null;
	declineCode: string | null;
	methodType: string | null;
	/** Refusals of this instalment so far, this one included. */
	failures: number;
};
export type NextStep =
	| { kind: 'retry'; on: CivilDate }
	| { kind: 'authenticate' } // the bank wants the client's confirmation, of the same payment
	| { kind: 'other_method' } // another card or account, or a transfer
	| { kind: 'stop' }; // a person must look: no message leaves by itself

/** Three tries in all: on the day, three days later, seven days later. */
const FUNDS_RETRY_DAYS = [3, 4];
const TRANSIENT = new Set([
	'processing_error',
	'card_velocity_exceeded',
	'issuer_not_available',
	'try_again_later',
	'reenter_transaction'
]);
const TRANSIENT_RETRIES = 3;
const SEPA_MAY_COME_AGAIN = new Set(['insufficient_funds', 'refer_to_customer', 'generic_could_not_process']);
const SEPA_RETRIES = 2;
const SEPA_RETRY_DAYS = 5;

export function afterFailure(failure: Failure, today: CivilDate): NextStep {
	const codes = [failure.declineCode, failure.errorCode].filter((code): code is string => code !== null);
	const has = (code: string): boolean => codes.includes(code);
	if (has('recipient_deceased')) return { kind: 'stop' };
	if (failure.methodType === 'sepa_debit') {
		return codes.some((code) => SEPA_MAY_COME_AGAIN.has(code)) && failure.failures <= SEPA_RETRIES
			? { kind: 'retry', on: addTargetDays(today, SEPA_RETRY_DAYS) }
			: { kind: 'other_method' };
	}
	if (has('authentication_required')) return { kind: 'authenticate' };
	if (has('insufficient_funds')) {
		const days = FUNDS_RETRY_DAYS[failure.failures - 1];
		return days === undefined ? { kind: 'other_method' } : { kind: 'retry', on: addDays(today, days) };
	}
	if (codes.some((code) => TRANSIENT.has(code)) && failure.failures <= TRANSIENT_RETRIES)
		return { kind: 'retry', on: addDays(today, 1) };
	return { kind: 'other_method' };
}

/** Two refusals of one instalment, or one that no retry can mend: the client has the cure period, then the plan breaks. */
const FAILURES_BEFORE_CURE = 2;
/** Cass. 1re civ., 29 May 2024, 23-12.904: fifteen days are not a reasonable notice to a consumer. */
const CONSUMER_CURE_DAYS = 30;
export function cureEnd(
	next: NextStep,
	{
		failures,
		today,
		clientKind,
		cureDays
	}: {
		failures: number;
		today: CivilDate;
		clientKind: ClientKind;
		cureDays: number;
	}
): CivilDate | null {
	if (next.kind === 'retry' && failures < FAILURES_BEFORE_CURE) return null;
	return addDays(today, cureDaysFor(clientKind, cureDays));
}
/** The cure period of the supplier, never shorter than the law lets it be. */
export const cureDaysFor = (clientKind: ClientKind, cureDays: number): number =>
	mayBeConsumer(clientKind) ? Math.max(cureDays, CONSUMER_CURE_DAYS) : cureDays;
