// Where a try stands, as its payer is told.
import type { Attempt } from '../../store/attempts.ts';

export type PaymentProgress = {
	attemptId: string;
	status: Attempt['status'];
	/** Only while the bank waits for the person. */
	clientSecret: string | null;
	errorCode: string | null;
	declineCode: string | null;
};
export const progressOf = (
	{ attemptId, status, errorCode, declineCode }: Attempt,
	clientSecret: string | null = null
): PaymentProgress => ({
	attemptId,
	status,
	clientSecret: status === 'awaiting_auth' ? clientSecret : null,
	errorCode,
	declineCode
});
