// Card testing: whoever holds a pay link could try stolen cards on it. Attempts that a bank refuses are counted over an hour and a day, by link, invoice,
// network address and supplier; what is paid is given back, so that nobody who pays is ever near a bound. Owners see the first refusal of each kind in
// the security log, and are told by mail. People who have signed in are known: they are counted by themselves and by their address, and never stopped by
// what links do. Refusal: tries_exhausted.
import type { Scope } from '../../../domain/access/scope.ts';
import { askedFrom, requestContext } from '../../request-context.ts';
import type { Services } from '../../services.ts';
import type { LimitName } from '../../store/rate-limits.ts';
import { whoIs, type SecurityWho } from '../../store/security-events.ts';
import { refuse, type Result } from '../run.ts';
import { raiseTesting } from './raise-testing.ts';

type Bound = { hour: LimitName; day: LimitName; key: string };
export type Tried = {
	/** Of the invoice, or of the plan that a card is brought for. */
	about: string;
	/** null: learnt of by a message, from nobody's browser. */
	address: string | null;
};

export async function limitAttempts<T extends { status: string }>(
	services: Services,
	scope: Scope,
	tried: Tried,
	work: () => Promise<Result<T>>
): Promise<Result<T>> {
	const who = whoIs(scope);
	const spent: { name: LimitName; key: string }[] = [];
	const giveBack = () => Promise.all(spent.map(({ name, key }) => services.limits.giveBack(name, key)));
	// From the narrowest to the widest. What is refused is counted at the bound that refuses alone, so that asking again makes nobody wait longer.
	for (const { hour, day, key } of boundsOf(who, tried))
		for (const name of [hour, day]) {
			const place = await services.limits.spend(name, key);
			if (place === 'reached') await raiseTesting(services, who, name);
			if (place !== 'free') {
				await giveBack();
				return refuse('tries_exhausted');
			}
			spent.push({ name, key });
		}
	let isRefused = false;
	try {
		const result = await work();
		isRefused = wasRefused(result);
		return result;
	} finally {
		if (!isRefused) await giveBack();
	}
}

/**
 * An attempt that was let through because it waited for its bank, and was refused there. `begunBy` says who began it; what the worker began for a plan is
 * nobody's try.
 */
export async function countRefusedAttempt(
	services: Services,
	{ supplierId }: Scope,
	{ begunBy, about }: { begunBy: string | null; about: string }
): Promise<void> {
	const [kind, actorId = null] = (begunBy ?? '').split(':');
	if (kind !== 'pay_link' && kind !== 'contact') return;
	const who: SecurityWho = { supplierId, actorKind: kind, actorId };
	const address = requestContext()?.scope ? askedFrom().address : null;
	for (const { hour, day, key } of boundsOf(who, { about, address }))
		for (const name of [hour, day])
			if ((await services.limits.spend(name, key)) === 'reached') await raiseTesting(services, who, name);
}

function boundsOf({ supplierId, actorKind, actorId }: SecurityWho, { about, address }: Tried): Bound[] {
	if (!supplierId || !actorId) return [];
	// `limits` counts a network of IPv6 as one.
	const atAddress: Bound[] = address ? [{ hour: 'try_address_hour', day: 'try_address_day', key: address }] : [];
	if (actorKind === 'contact') return [{ hour: 'try_person_hour', day: 'try_person_day', key: actorId }, ...atAddress];
	if (actorKind !== 'pay_link') return [];
	return [
		{ hour: 'try_link_hour', day: 'try_link_day', key: actorId },
		{ hour: 'try_invoice_hour', day: 'try_invoice_day', key: `${supplierId} ${about}` },
		...atAddress,
		{ hour: 'try_supplier_hour', day: 'try_supplier_day', key: supplierId }
	];
}

/**
 * A bank has said no. What waits for its word (3-D Secure) is counted once it is refused there (`countRefusedAttempt`); what could not be asked, a price that has
 * changed, or an attempt by somebody else, is no card tested.
 */
const REFUSED: readonly string[] = ['card_declined', 'method_refused'];
const wasRefused = <T extends { status: string }>(result: Result<T>): boolean =>
	result.ok ? result.value.status === 'declined' : REFUSED.includes(result.refusal.code);
