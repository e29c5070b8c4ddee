// A passkey signs its member in, or proves that the member who is signed in is still there. The same answer whatever was wrong.
// Refusals: passkey_refused, too_many_requests.
import type { Assertion } from '../../../contract/passkeys.ts';
import { mintScope, type Scope } from '../../../domain/access/scope.ts';
import { mintChallenge, takeChallenge, type Occasion } from '../../access/challenges.ts';
import { authenticationOptions, canHavePasskeys, readAssertion } from '../../access/webauthn.ts';
import type { Subject } from '../../access/sessions.ts';
import type { Services } from '../../services.ts';
import { findMemberSystem } from '../../store/members.ts';
import { findMember } from '../../store/members.ts';
import { findPasskey, listPasskeys, notePasskeyUse, type Passkey } from '../../store/passkeys.ts';
import { recordAudit } from '../../store/audits.ts';
import { whoIs } from '../../store/security-events.ts';
import { queueOwnerNotice } from '../mails/queue-owner-notices.ts';
import { commit, done, read, refuse, type Result } from '../run.ts';
import { noteProof } from './note-proof.ts';
import { noteRepeatable } from './note-security.ts';

type RequestOptions = Awaited<ReturnType<typeof authenticationOptions>>;
type Answer = { response: Assertion; browserSecret: string | null; ip: string };
const signingIn = (browserSecret: string): Occasion => ({ purpose: 'sign_in', who: 'anybody', browserSecret });
const confirming = (memberId: string, browserSecret: string): Occasion => ({
	purpose: 'confirm',
	who: memberId,
	browserSecret
});

/** null where there are no passkeys. Tells nobody who has one: the person chooses among those of the device. */
export async function offerSignIn(services: Services, browserSecret: string): Promise<RequestOptions | null> {
	if (!canHavePasskeys(services.config)) return null;
	const challenge = mintChallenge(services.config, signingIn(browserSecret), services.clock.now());
	return authenticationOptions(services.config, [], challenge);
}
export async function signInByPasskey(services: Services, answer: Answer): Promise<Result<Subject>> {
	if (!answer.browserSecret) return refuse('passkey_refused');
	const row = await answered(services, signingIn(answer.browserSecret), answer, null);
	return row.ok ? done({ kind: 'member', supplierId: row.value.supplierId, subjectId: row.value.memberId }) : row;
}

/** null when this member has none. */
export async function offerConfirmation(
	services: Services,
	scope: Scope,
	browserSecret: string
): Promise<RequestOptions | null> {
	const { actor } = scope;
	if (actor.kind !== 'member') return null;
	const known = await read(services, scope, (tx) => listPasskeys(tx, scope, actor.memberId));
	if (!known.length) return null;
	const challenge = mintChallenge(services.config, confirming(actor.memberId, browserSecret), services.clock.now());
	return authenticationOptions(services.config, known, challenge);
}
/** Whether a passkey could be asked for, without making a challenge. */
export async function hasPasskey(services: Services, scope: Scope): Promise<boolean> {
	const { actor } = scope;
	if (actor.kind !== 'member') return false;
	return (await read(services, scope, (tx) => listPasskeys(tx, scope, actor.memberId))).length > 0;
}
export async function confirmByPasskey(services: Services, scope: Scope, answer: Answer): Promise<Result<null>> {
	const { actor, supplierId } = scope;
	if (actor.kind !== 'member' || !answer.browserSecret) return refuse('passkey_refused');
	const self = { supplierId, memberId: actor.memberId };
	const row = await answered(services, confirming(actor.memberId, answer.browserSecret), answer, self);
	await noteProof(services, whoIs(scope), row.ok, 'passkey');
	return row.ok ? done(null) : row;
}

/** The passkey that answered; `self`: whose it has to be. */
async function answered(
	services: Services,
	occasion: Occasion,
	{ response, ip }: Answer,
	self: { supplierId: string; memberId: string } | null
): Promise<Result<Passkey>> {
	if (!(await services.limits.take('passkey', ip))) return refuse('too_many_requests');
	const { db, config } = services;
	const now = services.clock.now();
	const row = await findPasskey(db, response.id);
	if (!row || (self && (row.memberId !== self.memberId || row.supplierId !== self.supplierId)))
		return refuse('passkey_refused');
	const read = await readAssertion(config, row, response, (given) =>
		takeChallenge({ db, config, now }, occasion, given)
	);
	if (read.kind === 'refused' || !(await findMemberSystem(db, row.supplierId, row.memberId))) {
		if (!self) await noteRefusal(services, row);
		return refuse('passkey_refused');
	}
	if (read.kind === 'counter_back' || !(await notePasskeyUse(db, row, read.signCount, now))) {
		await warnOfCopy(services, row, now);
		return refuse('passkey_refused');
	}
	await services.limits.giveBack('passkey', ip);
	return done(row);
}

const noteRefusal = (services: Services, { supplierId, memberId, name }: Passkey): Promise<void> =>
	noteRepeatable(services, 'passkey', {
		supplierId,
		actorKind: 'member',
		actorId: memberId,
		kind: 'sign_in_failed',
		detail: { means: 'passkey', name }
	});

/** Two devices hold this key, or say so: it opens nothing, and owners are asked to have it removed. */
async function warnOfCopy(services: Services, { supplierId, memberId, passkeyId, name }: Passkey, now: Date) {
	const scope = mintScope(supplierId, { kind: 'system' });
	services.log.warn({ supplierId, memberId, passkeyId }, 'passkey: counter went back, refused');
	await commit(services, scope, async (tx) => {
		const person = await findMember(tx, scope, memberId);
		const detail = { name, person: person?.name ?? '' };
		const auditId = await recordAudit(tx, scope, now, 'passkey_suspect', passkeyId, detail);
		await queueOwnerNotice(tx, scope, now, auditId, person);
	});
}
