// The worker answers a sign-in request: for everybody known under that address, a link and a code, minted at the moment of sending
// so that no secret waits in a table. Returns false when there is nothing to do.
import { mintScope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import { newCode, newId, newSecret, sha256 } from '../../identity.ts';
import { findClient } from '../../store/clients.ts';
import { findContactSystem, findSubjects, type KnownSubject } from '../../store/contacts.ts';
import { findMemberSystem } from '../../store/members.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { type Supplier } from '../../store/suppliers.ts';
import { noteSecurityEvent } from '../../store/security-events.ts';
import {
	claimSignInRequest,
	insertSignIn,
	listPeopleOfBrowser,
	reopenSignInRequest,
	SIGN_IN_LIFE_MS,
	type SignInRequest
} from '../../store/sign-ins.ts';
import type { RenderedMail } from '../../mails/layout.ts';
import { logoView } from '../../logo-address.ts';
import { renderSignInDoors, renderSignInMail } from '../../mails/sign-in.ts';
import { returnAddress } from '../../mails/bounces.ts';
import { read } from '../run.ts';

/** One mail of each supplier, in its name; who is known in more places gets one mail with all the doors. */
const MAILS_MAX = 5;

export async function sendNextSignIn(services: Services): Promise<boolean> {
	const request = await claimSignInRequest(services.db, services.clock.now());
	if (!request) return false;
	const subjects = await findSubjects(services.db, request.email);
	if (!subjects.length) return true;
	const known = await knownIn(services, request);
	// A repeat after a failure is the same request: it does not count again.
	if (request.tries === 0 && !(await mayMail(services, request, subjects, subjects.some(known)))) return true;
	const strange = subjects.filter((subject) => !known(subject)).map((subject) => subject.supplierId);
	const isTogether = subjects.length > MAILS_MAX;
	if (request.tries === 0)
		for (const supplierId of isTogether ? new Set(strange) : strange)
			await countOfSupplier(services, request, supplierId);
	let [sent, failed] = [0, 0];
	const mails = isTogether
		? [() => sendTogether(services, subjects, request, known)]
		: subjects.map((subject) => () => sendOne(services, subject, request, known(subject)));
	for (const send of mails) {
		try {
			await send();
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

/** Whether somebody has signed in before in the browser that asks. */
async function knownIn(services: Services, request: SignInRequest): Promise<(subject: KnownSubject) => boolean> {
	const people = request.isKnownBrowser ? await listPeopleOfBrowser(services.db, request.browserHash) : [];
	return (subject) => people.some((row) => row.supplierId === subject.supplierId && row.subjectId === subject.id);
}

/**
 * Mails to one address are bounded, and never end: whoever asks from a browser they know has an allowance that no stranger can use up; strangers share four
 * mails at once and ten in six hours, and after that one an hour, whose link and code open in any browser.
 */
async function mayMail(
	{ limits, ...services }: Services,
	request: SignInRequest,
	subjects: KnownSubject[],
	isKnown: boolean
): Promise<boolean> {
	const { email } = request;
	if (isKnown && (await limits.spend('sign_in_mail_known', `${email} ${request.browserHash}`)) === 'free') return true;
	if (
		!isKnown &&
		(await limits.spend('sign_in_mail', email)) === 'free' &&
		(await limits.spend('sign_in_mail_long', email)) === 'free'
	)
		return true;
	const slow = await limits.spend('sign_in_mail_slow', isKnown ? `${email} ${request.browserHash}` : email);
	if (slow === 'reached') {
		services.log.warn({ requestId: request.httpRequestId }, 'too many sign-in mails asked for one address');
		await noteSecurityEvent(
			services.db.system,
			services.clock.now(),
			...subjects.map(({ supplierId, kind, id }) => ({
				supplierId,
				actorKind: kind,
				actorId: id,
				kind: 'sign_in_limited' as const,
				from: fromOf(request)
			}))
		);
	}
	return slow === 'free';
}
const fromOf = ({ networkAddress, httpRequestId }: SignInRequest) => ({
	address: networkAddress,
	requestId: httpRequestId
});

/** Many mails of one supplier to browsers that nobody knows: an attack, or a busy day. They leave all the same, and people are told. */
async function countOfSupplier(services: Services, request: SignInRequest, supplierId: string): Promise<void> {
	if ((await services.limits.spend('sign_in_supplier', supplierId)) !== 'reached') return;
	services.log.error({ supplierId }, 'alarm: unusually many sign-in mails of one supplier');
	await noteSecurityEvent(services.db.system, services.clock.now(), {
		supplierId,
		actorKind: 'unknown',
		actorId: null,
		kind: 'guessing_alarm',
		detail: { about: 'mails' },
		from: fromOf(request)
	});
}

/** A door of one person at one supplier: its link and its code. Whose client it is about, for who keeps the books of several. */
type Door = {
	signInId: string;
	supplier: Supplier;
	name: string;
	clientName: string | null;
	code: string;
	url: string;
};
async function openDoor(
	services: Services,
	subject: KnownSubject,
	request: SignInRequest,
	{ isKnownBrowser, isAlone }: { isKnownBrowser: boolean; isAlone: boolean }
): Promise<Door> {
	const now = services.clock.now();
	const [token, code, signInId] = [newSecret(), newCode(), newId()];
	const scope = mintScope(subject.supplierId, { kind: 'system' });
	const person =
		subject.kind === 'member'
			? await findMemberSystem(services.db, subject.supplierId, subject.id)
			: await findContactSystem(services.db, subject.supplierId, subject.id);
	const [supplier, client] = await read(services, scope, async (tx) => [
		await getSupplier(tx, scope),
		person && 'clientId' in person ? await findClient(tx, scope, person.clientId) : null
	]);
	// A code alone is weak: it is salted with the row's id, serves once, and each try is counted before it is compared (sign-in.ts). One of many doors has
	// none that serves alone: no code is the right one of two hundred, and trying one takes as long as for an address that nobody has.
	await insertSignIn(services.db, {
		supplierId: subject.supplierId,
		signInId,
		requestId: isAlone ? request.requestId : null,
		isKnownBrowser,
		subjectKind: subject.kind,
		subjectId: subject.id,
		tokenHash: sha256(token),
		codeHash: sha256(`${signInId}:${code}`),
		browserHash: request.browserHash,
		failedTries: 0,
		createdAt: now,
		expiresAt: new Date(now.getTime() + SIGN_IN_LIFE_MS),
		usedAt: null
	});
	const url = `${services.config.origin}/connexion/${token}`;
	return { signInId, supplier, name: person?.name ?? '', clientName: client?.name ?? null, code, url };
}

async function sendOne(
	services: Services,
	subject: KnownSubject,
	request: SignInRequest,
	isKnownBrowser: boolean
): Promise<void> {
	const door = await openDoor(services, subject, request, { isKnownBrowser, isAlone: true });
	await post(services, request, {
		signInId: door.signInId,
		fromName: door.supplier.name,
		replyTo: door.supplier.contactEmail,
		mail: renderSignInMail({
			...door,
			logo: logoView(door.supplier, services.config.origin),
			locale: subject.locale
		})
	});
}

/** Known in more places than anybody wants mails: one mail with all the doors. Only the mailbox's own person learns of them all. */
async function sendTogether(
	services: Services,
	subjects: (KnownSubject & { all: number })[],
	request: SignInRequest,
	known: (subject: KnownSubject) => boolean
): Promise<void> {
	const doors: Door[] = [];
	for (const subject of subjects)
		doors.push(await openDoor(services, subject, request, { isKnownBrowser: known(subject), isAlone: false }));
	const [first] = doors;
	if (!first) return;
	await post(services, request, {
		signInId: first.signInId,
		fromName: 'Ponctuel',
		replyTo: '', // of no supplier alone
		mail: renderSignInDoors({ doors, leftOut: (subjects[0]?.all ?? 0) - doors.length, locale: request.locale })
	});
}

async function post(
	services: Services,
	request: SignInRequest,
	{ signInId, mail, ...sender }: { signInId: string; fromName: string; replyTo: string; mail: RenderedMail }
): Promise<void> {
	const outcome = await services.mail.send({
		messageId: `<${signInId}@ponctuel>`,
		to: request.email,
		returnTo: returnAddress(services.config, signInId),
		...sender,
		...mail,
		attachments: []
	});
	if (outcome.kind === 'later') throw new Error(outcome.problem);
	if (outcome.kind === 'refused') services.log.warn({ signInId, problem: outcome.problem }, 'sign-in mail refused');
}
