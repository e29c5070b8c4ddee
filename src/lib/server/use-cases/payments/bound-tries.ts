// Card testing: whoever holds a pay link could try stolen cards on it. Tries that a bank refuses are counted over an hour and a day, by link, invoice,
// network address and supplier; what is paid is given back, so that nobody who pays is ever near a bound. Owners see the first refusal of each kind in
// the security log. People who have signed in are known: they are counted by themselves and by their address, and never stopped by what links do.
// Refusal: tries_exhausted.
import type { Scope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import type { LimitName } from '../../store/rate-limits.ts';
import { refuse, type Result } from '../run.ts';

type Bound = { hour: LimitName; day: LimitName; key: string };
export type Tried = {
	/** Of the invoice, or of the plan that a card is brought for. */
	about: string;
	address: string;
};

export async function boundTries<T extends { status: string }>(
	services: Services,
	scope: Scope,
	tried: Tried,
	work: () => Promise<Result<T>>
): Promise<Result<T>> {
	const spent: { name: LimitName; key: string }[] = [];
	const giveBack = () => Promise.all(spent.map(({ name, key }) => services.limits.giveBack(name, key)));
	// From the narrowest to the widest. What is refused is counted at the bound that refuses alone, so that asking again makes nobody wait longer.
	for (const { hour, day, key } of boundsOf(scope, tried))
		for (const name of [hour, day]) {
			if (!(await services.limits.take(name, key))) {
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

function boundsOf({ supplierId, actor }: Scope, { about, address }: Tried): Bound[] {
	const atAddress: Bound = { hour: 'try_address_hour', day: 'try_address_day', key: networkOf(address) };
	if (actor.kind === 'contact')
		return [{ hour: 'try_person_hour', day: 'try_person_day', key: actor.contactId }, atAddress];
	if (actor.kind !== 'pay_link') return [];
	return [
		{ hour: 'try_link_hour', day: 'try_link_day', key: actor.payLinkId },
		{ hour: 'try_invoice_hour', day: 'try_invoice_day', key: `${supplierId} ${about}` },
		atAddress,
		{ hour: 'try_supplier_hour', day: 'try_supplier_day', key: supplierId }
	];
}

/**
 * A bank has said no. What waits for its word (3-D Secure), what could not be asked, a price that has changed, or a try by somebody else, is no card
 * tested.
 */
const REFUSED: readonly string[] = ['card_declined', 'method_refused'];
const wasRefused = <T extends { status: string }>(result: Result<T>): boolean =>
	result.ok ? result.value.status === 'declined' : REFUSED.includes(result.refusal.code);

/** One customer of a provider has a whole /64 of IPv6 (RFC 6177): its addresses are one. */
export function networkOf(address: string): string {
	if (!address.includes(':') || address.includes('.')) return address;
	const [head = '', tail = ''] = address.split('::');
	const before = head ? head.split(':') : [];
	const after = address.includes('::') && tail ? tail.split(':') : [];
	const all = [
		...before,
		...Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0'),
		...after
	];
	return all
		.slice(0, 4)
		.map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
		.join(':');
}
