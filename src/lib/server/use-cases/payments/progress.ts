// Where an attempt stands, as its payer is told.
import type { Scope } from '../../../domain/access/scope.ts';
import { isOwnAttempt } from '../../../domain/payments/own-attempt.ts';
import type { Attempt } from '../../store/attempts.ts';

export type PaymentProgress = {
	attemptId: string;
	status: Attempt['status'];
	/** Only while the bank waits for the person. */
	clientSecret: string | null;
	errorCode: string | null;
	declineCode: string | null;
};

export const progressOf = (scope: Scope, attempt: Attempt, clientSecret: string | null = null): PaymentProgress => ({
	attemptId: attempt.attemptId,
	status: attempt.status,
	clientSecret: attempt.status === 'awaiting_auth' && isOwnAttempt(scope, attempt) ? clientSecret : null,
	errorCode: attempt.errorCode,
	declineCode: attempt.declineCode
});
