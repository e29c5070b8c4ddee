// The one guard of what can't be taken back or opens a door: refunds, where money goes, keys, people, passkeys, mails to many. A member's passkey or
// code not older than ten minutes (domain/access/fresh-proof.ts). A program has none to give: its key was made with one. Refusal: proof_needed.
import { isFreshlyProven } from '../../../domain/access/fresh-proof.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import type { Refusal } from '../../../contract/refusals.ts';
import type { Services } from '../../services.ts';
import { refuse } from '../run.ts';

/** null when the act may go on. */
export const requireFreshProof = (services: Services, { actor }: Scope): { ok: false; refusal: Refusal } | null =>
	isFreshlyProven(actor, services.clock.now()) ? null : refuse('proof_needed');
