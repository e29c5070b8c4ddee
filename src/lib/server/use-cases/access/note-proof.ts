// "Confirm it is you", in the security log: given or not, and by which means.
import type { Services } from '../../services.ts';
import type { SecurityWho } from '../../store/security-events.ts';
import { noteRepeatable } from './note-security.ts';

export const noteProof = (
	services: Services,
	who: SecurityWho,
	isGiven: boolean,
	means: 'code' | 'passkey'
): Promise<void> =>
	noteRepeatable(services, means, { ...who, kind: isGiven ? 'proof_given' : 'proof_failed', detail: { means } });
