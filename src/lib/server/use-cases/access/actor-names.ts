// Who did something, as the supplier reads it: its people by their name, the others by what they are.
import type { Scope } from '../../../domain/access/scope.ts';
import type { Tx } from '../../store/database.ts';
import { listMembers } from '../../store/members.ts';

export type NameOfActor = (actor: string) => string;
/** An API key stays what it is: `api_key`. */
export async function namesOfActors(tx: Tx, scope: Scope): Promise<NameOfActor> {
	const members = new Map((await listMembers(tx, scope)).map((one) => [`member:${one.memberId}`, one.name]));
	return (actor) => members.get(actor) ?? actor.replace(/:.*/s, '');
}
