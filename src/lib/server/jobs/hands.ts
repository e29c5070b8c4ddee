// Several hands at one queue: who waits long for an answer keeps no other waiting.
export type Shift = {
	stopping: () => boolean;
	/** Says that more may be due. */
	nextRing: () => Promise<void>;
};

/** Works until nothing is due. `claim` takes at most as many as hands are free. */
export async function workWithHands<T>(
	hands: number,
	{ stopping, nextRing }: Shift,
	claim: (free: number) => Promise<T[]>,
	work: (one: T) => Promise<void>
): Promise<void> {
	const inHand = new Set<Promise<void>>();
	try {
		for (;;) {
			const ring = nextRing(); // taken before the look: a ring in the middle of it is not missed
			const free = stopping() ? 0 : hands - inHand.size;
			for (const one of free ? await claim(free) : []) {
				const hand = work(one).finally(() => inHand.delete(hand));
				inHand.add(hand);
			}
			if (!inHand.size) return;
			await Promise.race([ring, ...inHand]);
		}
	} finally {
		// Whatever went wrong: nobody leaves while something is in hand.
		await Promise.allSettled(inHand);
	}
}
