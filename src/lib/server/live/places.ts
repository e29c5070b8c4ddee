// How many streams one process holds open: of one link, of one person, from one network address (of IPv6: a /64), in all. Who finds no place asks again later, and polls meanwhile.
import type { Scope } from '../../domain/access/scope.ts';
import { countedAs } from '../network.ts';
import { required } from '../../domain/required.ts';

export const PLACES = { reader: 20, address: 100, all: 5000 };
/** Seconds after which to ask again. */
export const RETRY_AFTER_S = 30;

/** A person, whatever their sessions; a link, whoever holds it. */
const readerOf = ({ supplierId, actor }: Scope): string =>
	actor.kind === 'pay_link'
		? `link ${actor.payLinkId}`
		: actor.kind === 'contact'
			? `contact ${actor.contactId}`
			: actor.kind === 'member'
				? `member ${actor.memberId}`
				: `${actor.kind} ${supplierId}`;

export class Places {
	private readonly taken = new Map<string, number>();

	/** What gives the place back, once; null when there is none. */
	take(scope: Scope, address: string): (() => void) | null {
		const wanted: [string, number][] = [
			[readerOf(scope), PLACES.reader],
			[`address ${countedAs(address)}`, PLACES.address],
			['all', PLACES.all]
		];
		if (wanted.some(([key, max]) => (this.taken.get(key) ?? 0) >= max)) return null;
		for (const [key] of wanted) this.taken.set(key, (this.taken.get(key) ?? 0) + 1);
		let isHeld = true;
		return () => {
			if (!isHeld) return;
			isHeld = false;
			for (const [key] of wanted) {
				const left = required(this.taken.get(key), 'place') - 1;
				if (left > 0) this.taken.set(key, left);
				else this.taken.delete(key);
			}
		};
	}
}
