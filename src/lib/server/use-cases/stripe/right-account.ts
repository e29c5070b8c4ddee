// Who answers? A key of another account, or of the other mode, is answered as well, and knows nothing of ours: that something is missing there says nothing
// of the account that was asked. Something that this account named itself is looked for first.
import { mintScope, type Scope } from '../../../domain/access/scope.ts';
import { NotAsked } from '../../gateways/stripe/port.ts';
import type { Services } from '../../services.ts';
import { isSilent } from '../../store/stripe-accounts.ts';
import { findWitness } from '../../store/witnesses.ts';
import { read } from '../run.ts';

/** `unwitnessed`: it has named nothing yet that is known here, so nobody can tell. */
type Answering = 'right' | 'another' | 'unwitnessed';
async function whoAnswers(services: Services, { supplierId }: Scope, account: string | null): Promise<Answering> {
	// Whoever pays sees their own tries alone, and nothing of what was said of them.
	const scope = mintScope(supplierId, { kind: 'system' });
	const witness = await read(services, scope, (tx) => findWitness(tx, scope, account));
	if (witness === null) return 'unwitnessed';
	return (await services.payments.knows(account, witness)) ? 'right' : 'another';
}

/** Before "missing" is taken for an answer. @throws NotAsked when another account answers; with `witnessed`, also when nobody can tell. */
export async function requireRightAccount(
	services: Services,
	scope: Scope,
	account: string | null,
	{ witnessed = false }: { witnessed?: boolean } = {}
): Promise<void> {
	const answering = await whoAnswers(services, scope, account);
	if (answering === 'another' || (witnessed && answering === 'unwitnessed'))
		throw new NotAsked(account, 'key_refused', `${account ?? 'the platform'}: ${answering} account answers`);
}
/** What was looked for in its lists. null: it is certain that nothing is there. @throws NotAsked */
export async function lookFor(
	services: Services,
	scope: Scope,
	account: string | null,
	find: () => Promise<string | null>
): Promise<string | null> {
	const found = await find();
	if (found === null) await requireRightAccount(services, scope, account);
	return found;
}

const MINUTE_MS = 60_000;
/** Known to be silent, or found so a moment ago: nothing more is asked of it now. */
export const isSilentNow = ({ db, clock }: Services, account: string | null): Promise<boolean> =>
	isSilent(db, account, new Date(clock.now().getTime() - MINUTE_MS));
