// The worker answers a sign-in request: for everybody known under that address, a link and a code, minted at the moment of sending
// so that no secret waits in a table. Returns false when there is nothing to do.
import { mintScope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import { newCode, newId, newSecret, sha256 } from '../../identity.ts';
import { claimSignInRequest, insertSignIn, reopenSignInRequest, type SignInRequest } from '../../store/access.ts';
import {
	findContactSystem,
	findMemberSystem,
	findSubjects,
	getSupplier,
	type KnownSubject
} from '../../store/parties.ts';
import { renderSignInMail } from '../../mails/sign-in.ts';
import { returnAddress } from '../../mails/bounces.ts';
import { read } from '../run.ts';

const LIFE_MS = 10 * 60_000; // ASVS 5.0: one-time tokens live at most ten minutes

export async function sendNextSignIn(services: Services): Promise<boolean> {
	const request = await claimSignInRequest(services.db, services.clock.now());
	if (!request) return false;
	let [sent, failed] = [0, 0];
	for (const subject of await findSubjects(services.db, request.email)) {
		// A repeat after a failure is the same request: it does not count again.
		if (request.tries === 0 && !(await services.limits.take('sign_in_supplier', subject.supplierId))) continue;
		try {
			await sendOne(services, subject, request);
			sent += 1;
		} catch (error) {
			services.log.warn({ err: error, requestId: request.requestId }, 'sign-in mail not sent yet');
			failed += 1;
		}
	}
	// Again later only when nothing left: who got one mail of two asks again, rather than getting the first one twice.
	if (failed && !sent)
		await reopenSignInRequest(
			services.db,
			request.requestId,
			new Date(services.clock.now().getTime() + 10_000 * 2 ** request.tries)
		);
	return true;
}

async function sendOne(services: Services, subject: KnownSubject, request: SignInRequest): Promise<void> {
	const now = services.clock.now();
	const [token, code, signInId] = [newSecret(), newCode(), newId()];
	const scope = mintScope(subject.supplierId, { kind: 'system' });
	const supplier = await read(services, scope, (tx) => getSupplier(tx, scope));
	const person =
		subject.kind === 'member'
			? await findMemberSystem(services.db, subject.supplierId, subject.id)
			: await findContactSystem(services.db, subject.supplierId, subject.id);
	// A code alone is weak: it is salted with the row's id, serves once, and five wrong ones end it.
	await insertSignIn(services.db, {
		supplierId: subject.supplierId,
		signInId,
		subjectKind: subject.kind,
		subjectId: subject.id,
		tokenHash: sha256(token),
		codeHash: sha256(`${signInId}:${code}`),
		browserHash: request.browserHash,
		failedTries: 0,
		createdAt: now,
		expiresAt: new Date(now.getTime() + LIFE_MS),
		usedAt: null
	});
	const mail = renderSignInMail({
		supplier,
		name: person?.name ?? '',
		locale: subject.locale,
		code,
		url: `${services.config.origin}/connexion/${token}`
	});
	const outcome = await services.mail.send({
		messageId: `<${signInId}@ponctuel>`,
		to: request.email,
		returnTo: returnAddress(services.config, signInId),
		fromName: supplier.name,
		replyTo: supplier.contactEmail,
		...mail,
		attachments: []
	});
	if (outcome.kind === 'later') throw new Error(outcome.problem);
	if (outcome.kind === 'refused') services.log.warn({ signInId, problem: outcome.problem }, 'sign-in mail refused');
}
