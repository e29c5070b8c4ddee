// What the browser is told of a try: state, the family of a refusal, and the secret only while the bank waits for the person.
import { declineFamily } from '../../domain/payments/declines.ts';
import type { PaymentProgress } from '../use-cases/payments/start-payment.ts';

export const progressBody = ({ attemptId, status, clientSecret, errorCode, declineCode }: PaymentProgress) => ({
	attemptId,
	status,
	clientSecret,
	family: status === 'declined' ? declineFamily(errorCode, declineCode) : null
});
