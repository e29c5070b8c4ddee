// Has the person at the other end just shown to be there? Asked before what can't be taken back or opens a door (ASVS 5.0, 7.5: authenticate again
// before sensitive changes). Signing in is such a proof, and so is a passkey or a code given on the way.
import type { Actor } from './scope.ts';

const PROOF_LIFE_MS = 10 * 60_000;
/** Two processes may differ by a little; more than this lies in the future and proves nothing. */
const SKEW_MS = 60_000;

export function isFreshlyProven(actor: Actor, now: Date): boolean {
	if (actor.kind === 'system') return true;
	if (actor.kind !== 'member' || !actor.provenAt) return false;
	const ageMs = now.getTime() - actor.provenAt.getTime();
	return ageMs > -SKEW_MS && ageMs < PROOF_LIFE_MS;
}

/** What a person may be on the way to when the proof is asked for; words in i18n/guarded-acts.ts. */
export type GuardedAct =
	| 'refund'
	| 'keys'
	| 'billing'
	| 'rights'
	| 'passkey'
	| 'import'
	| 'contact'
	| 'member'
	| 'mail'
	| 'offer'
	| 'part'
	| 'outcome';
/** Why a form waits: for the proof of such an act, or for somebody whose session had ended. */
export type KeptAct = GuardedAct | 'signed_out';
