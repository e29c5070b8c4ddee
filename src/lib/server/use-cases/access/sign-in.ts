// A link or a code becomes a session. GET never comes here. The link works alone only in the browser that asked; anywhere else the code of
// the same mail is needed, which a mail scanner that opens links and submits forms does not type.
// Refusals: sign_in_expired, other_browser, code_wrong, too_many_requests.
import type { Services } from '../../services.ts';
import type { Subject } from '../../access/sessions.ts';
import { sha256 } from '../../identity.ts';
import { countFailedTry, findSignInByToken, listOpenSignIns, useSignIn, type SignIn } from '../../store/access.ts';
import { done, refuse, type Result } from '../run.ts';

export type LinkState = 'ready' | 'other_browser' | 'expired';
const TRIES_MAX = 5;

const isOpen = (services: Services, row: SignIn): boolean =>
	row.usedAt === null && row.expiresAt > services.clock.now() && row.failedTries < TRIES_MAX;
const fits = (row: SignIn, code: string): boolean => row.codeHash === sha256(`${row.signInId}:${code}`);
const subjectOf = (row: SignIn): Subject => ({
	kind: row.subjectKind,
	supplierId: row.supplierId,
	subjectId: row.subjectId
});

/** What to show for a link. Changes nothing. */
export async function readLink(services: Services, token: string, browserSecret: string | null): Promise<LinkState> {
	const row = await findSignInByToken(services.db, sha256(token));
	if (!row || !isOpen(services, row)) return 'expired';
	return browserSecret && sha256(browserSecret) === row.browserHash ? 'ready' : 'other_browser';
}

export async function signInByLink(
	services: Services,
	input: { token: string; code: string | null; browserSecret: string | null }
): Promise<Result<Subject>> {
	const row = await findSignInByToken(services.db, sha256(input.token));
	if (!row || !isOpen(services, row)) return refuse('sign_in_expired');
	const sameBrowser = input.browserSecret !== null && sha256(input.browserSecret) === row.browserHash;
	if (!sameBrowser && !input.code) return refuse('other_browser');
	if (!sameBrowser && !fits(row, input.code!)) {
		await countFailedTry(services.db, row);
		return refuse('code_wrong');
	}
	return consume(services, row);
}

export async function signInByCode(
	services: Services,
	input: { code: string; browserSecret: string | null; ip: string }
): Promise<Result<Subject>> {
	if (!input.browserSecret) return refuse('other_browser');
	const browserHash = sha256(input.browserSecret);
	if (
		!(await services.limits.take('sign_in_code', browserHash)) ||
		!(await services.limits.take('sign_in_ip', input.ip))
	)
		return refuse('too_many_requests');
	const open = await listOpenSignIns(services.db, browserHash, services.clock.now());
	const match = open.find((row) => fits(row, input.code));
	if (match) return consume(services, match);
	for (const row of open) await countFailedTry(services.db, row);
	return refuse('code_wrong');
}

async function consume(services: Services, row: SignIn): Promise<Result<Subject>> {
	return (await useSignIn(services.db, row, services.clock.now())) ? done(subjectOf(row)) : refuse('sign_in_expired');
}
