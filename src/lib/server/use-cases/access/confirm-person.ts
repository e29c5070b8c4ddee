// "Confirm it is you" by mailed code: the sign-in mail to the member's own address, its code typed in the browser that asked. Works without a script.
// Refusals: not_allowed, code_wrong, and those of asking and typing.
import type { Scope } from '../../../domain/access/scope.ts';
import { whoIsSubject, type Subject } from '../../access/sessions.ts';
import type { Services } from '../../services.ts';
import { findMember } from '../../store/members.ts';
import { done, read, refuse, type Result } from '../run.ts';
import { noteProof } from './note-proof.ts';
import { requestSignIn, type SignInAsk } from './request-sign-in.ts';
import { signInByCode } from './sign-in.ts';

/** The address the code goes to; null for who is no member. */
export async function addressOf(services: Services, scope: Scope): Promise<string | null> {
	const { actor } = scope;
	if (actor.kind !== 'member') return null;
	return (await read(services, scope, (tx) => findMember(tx, scope, actor.memberId)))?.email ?? null;
}

export async function askForCode(
	services: Services,
	scope: Scope,
	ask: Omit<SignInAsk, 'email'>
): Promise<Result<null>> {
	const email = await addressOf(services, scope);
	return email ? requestSignIn(services, { ...ask, email }) : refuse('not_allowed');
}

const isSubject = (a: Subject, b: Subject): boolean =>
	a.kind === b.kind && a.supplierId === b.supplierId && a.subjectId === b.subjectId;
/** Whoever has several areas under one address gets a code for each: only this one's proves anything here. */
export async function confirmByCode(
	services: Services,
	subject: Subject,
	input: Parameters<typeof signInByCode>[1]
): Promise<Result<null>> {
	const result = await signInByCode(services, input);
	const isSame = result.ok && isSubject(result.value, subject);
	await noteProof(services, whoIsSubject(subject), isSame, 'code');
	if (!result.ok) return result;
	return isSame ? done(null) : refuse('code_wrong');
}
