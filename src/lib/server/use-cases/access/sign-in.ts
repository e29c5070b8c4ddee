// A link or a code becomes a session. GET never comes here. The link works alone only in the browser that asked; anywhere else the code of
// the same mail is needed, which a mail scanner that opens links and submits forms does not type.
// Tries are counted before they are compared. A code alone (six digits) may be tried five times a request and thirty times a person in six hours, and
// only five times a person while more than hundred and fifty are tried on all people of a supplier; beyond, the link of the same mail still opens: nobody
// is locked out by who guesses, and nobody is silenced by what is tried on others.
// Refusals: sign_in_expired, other_browser, code_wrong, too_many_requests.
import { required } from '../../../domain/required.ts';
import type { Services } from '../../services.ts';
import type { Subject } from '../../access/sessions.ts';
import { emailHash, sha256 } from '../../identity.ts';
import { noteSecurityEvent, type SecurityNote } from '../../store/security-events.ts';
import {
	findSignInByToken,
	giveBackGuess,
	isKnownBrowser,
	saveKnownBrowser,
	spendGuess,
	spendTry,
	takeAskedFrom,
	useSignIn,
	type Guess,
	type SignIn
} from '../../store/sign-ins.ts';
import type { LimitName } from '../../store/rate-limits.ts';
import { done, refuse, type Result } from '../run.ts';

export type LinkState = 'ready' | 'other_browser' | 'expired';
const GUESSES_MAX = { person: 30, supplier: 150 };
const PERSON_MAX_DURING_ALARM = 5;

type Sent = Pick<SignIn, 'supplierId' | 'signInId' | 'subjectKind' | 'subjectId' | 'codeHash' | 'requestId'>;
const isOpen = (services: Services, row: SignIn): boolean =>
	row.usedAt === null && row.expiresAt > services.clock.now();
const fits = (row: Sent, code: string): boolean => row.codeHash === sha256(`${row.signInId}:${code}`);

/** What to show for a link. Changes nothing. */
export async function readLink(services: Services, token: string, browserSecret: string | null): Promise<LinkState> {
	const row = await findSignInByToken(services.db, sha256(token));
	if (!row || !isOpen(services, row)) return 'expired';
	return browserSecret && sha256(browserSecret) === row.browserHash ? 'ready' : 'other_browser';
}

export async function signInByLink(
	services: Services,
	input: { token: string; code: string | null; browserSecret: string | null; ip: string }
): Promise<Result<Subject>> {
	const row = await findSignInByToken(services.db, sha256(input.token));
	if (!row || !isOpen(services, row)) return refuse('sign_in_expired');
	if (input.browserSecret !== null && sha256(input.browserSecret) === row.browserHash) return consume(services, row);
	if (!input.code) return refuse('other_browser');
	const taken = await takeTries(services, input);
	if (!taken) return refuse('too_many_requests');
	const tried = await spendTry(services.db, row.tokenHash, services.clock.now());
	if (!tried) return refuse('sign_in_expired');
	if (fits(tried, input.code)) return consume(services, tried, taken);
	await noteSecurityEvent(services.db.system, services.clock.now(), failureOf(tried, 'link'));
	return refuse('code_wrong');
}

export async function signInByCode(
	services: Services,
	input: { code: string; browserSecret: string | null; ip: string }
): Promise<Result<Subject>> {
	if (!input.browserSecret) return refuse('other_browser');
	const browserHash = sha256(input.browserSecret);
	const taken = (await services.limits.take('sign_in_code', browserHash)) && (await takeTries(services, input));
	if (!taken) return refuse('too_many_requests');
	const guesses = await spendGuess(services.db, browserHash, services.clock.now());
	const right = guesses.find((guess) => guess.sent !== null && isWithin(guess) && fits(guess.sent, input.code));
	if (right?.sent) {
		await giveBackGuess(services.db, right);
		return consume(services, right.sent, [['sign_in_code', browserHash], ...taken]);
	}
	await noteSecurityEvent(services.db.system, services.clock.now(), ...failuresOf(services, guesses));
	return refuse('code_wrong');
}

type Taken = [name: LimitName, key: string][];
/** By network address, unless somebody has signed in here before. What was taken; null when there is nothing left. */
async function takeTries(
	services: Services,
	input: { browserSecret: string | null; ip: string }
): Promise<Taken | null> {
	if (await isKnownBrowser(services.db, sha256(input.browserSecret ?? ''))) return [];
	return (await services.limits.take('sign_in_code_ip', input.ip)) ? [['sign_in_code_ip', input.ip]] : null;
}
const isWithin = ({ person, supplier }: Guess): boolean =>
	person.points <= (supplier && supplier.points > GUESSES_MAX.supplier ? PERSON_MAX_DURING_ALARM : GUESSES_MAX.person);

const failureOf = (row: Sent, means: 'code' | 'link'): SecurityNote => ({
	supplierId: row.supplierId,
	actorKind: row.subjectKind,
	actorId: row.subjectId,
	kind: 'sign_in_failed',
	detail: { means }
});
/** One row for each person it was tried on, or for the address; and an alarm the one time that a count goes over its bound. */
function failuresOf(services: Services, guesses: Guess[]): SecurityNote[] {
	const known = guesses.flatMap((guess) => (guess.sent ? [{ ...guess, sent: guess.sent }] : []));
	const people = new Map(known.map((guess) => [guess.sent.subjectId, guess]));
	const notes = [...people.values()].map(({ sent }) => failureOf(sent, 'code'));
	for (const about of ['person', 'supplier'] as const) {
		const over = new Map(
			known.flatMap((guess) => (isJustOver(guess, about) ? [[required(guess[about], 'count').key, guess]] : []))
		);
		for (const { sent } of over.values()) {
			services.log.error({ supplierId: sent.supplierId, about }, 'alarm: sign-in codes are being guessed');
			notes.push({ ...failureOf(sent, 'code'), kind: 'guessing_alarm', detail: { about } });
		}
	}
	const [stranger] = guesses;
	return notes.length
		? notes
		: [
				{
					supplierId: null,
					actorKind: 'unknown',
					actorId: null,
					kind: 'sign_in_failed',
					detail: { means: 'code' },
					emailHash: emailHash(services.config.secret, stranger?.emailAsked ?? '')
				}
			];
}
function isJustOver(guess: Guess, about: 'person' | 'supplier'): boolean {
	const count = guess[about];
	return count !== null && count.points > GUESSES_MAX[about] && count.points - count.added <= GUESSES_MAX[about];
}

/** Who has come in was no guesser: the asking and the trying are given back, once each, to where they came from. */
async function consume(services: Services, row: Sent, taken: Taken = []): Promise<Result<Subject>> {
	if (!(await useSignIn(services.db, row, services.clock.now()))) return refuse('sign_in_expired');
	const askedFrom = row.requestId ? await takeAskedFrom(services.db, row.requestId) : null;
	for (const [name, key] of askedFrom ? [...taken, ['sign_in_ip', askedFrom] as const] : taken)
		await services.limits.giveBack(name, key);
	return done({ kind: row.subjectKind, supplierId: row.supplierId, subjectId: row.subjectId });
}

/** The person has come in: this browser is theirs from now on, and strangers don't use up what it may ask for. */
export const rememberBrowser = (services: Services, subject: Subject, browserSecret: string): Promise<void> =>
	saveKnownBrowser(services.db, subject, sha256(browserSecret), services.clock.now());
