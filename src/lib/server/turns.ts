// Work that is bounded in sum, and shared fairly: who owns it (a supplier) waits for a place, behind its own work and not behind everybody else's. However
// much one asks for, another's next piece begins when a place is free and each of those who wait has had one turn.
import { required } from '../domain/required.ts';

export type Bounds = {
	/** At once, of all. */
	places: number;
	/** At once, of one owner: fewer than there are places, where there are several, so that one is always soon free for others. */
	each: number;
	/** How many may wait, of one owner and of all. */
	waitingEach: number;
	waiting: number;
};
/** Too many wait already: come back later. */
export class NoTurn extends Error {}
type Waiting = { owner: string; begin: () => void };

export class Turns {
	private readonly bounds: Bounds;
	private readonly running = new Map<string, number>();
	/** In the order they came; an owner that has just had a turn comes after the others. */
	private readonly waiting: Waiting[] = [];
	private readonly served = new Map<string, number>();
	private turn = 0;
	private busy = 0;

	constructor(bounds: Bounds) {
		this.bounds = bounds;
	}

	/** Resolves as `work` does. Rejects with NoTurn. */
	async take<T>(owner: string, work: () => Promise<T>): Promise<T> {
		const own = this.waiting.filter((one) => one.owner === owner).length;
		if (own >= this.bounds.waitingEach || this.waiting.length >= this.bounds.waiting) throw new NoTurn();
		await new Promise<void>((begin) => {
			this.waiting.push({ owner, begin });
			this.next();
		});
		try {
			return await work();
		} finally {
			this.busy -= 1;
			this.running.set(owner, required(this.running.get(owner), 'turn') - 1);
			this.next();
			this.forget(owner);
		}
	}

	private next(): void {
		while (this.busy < this.bounds.places) {
			const free = this.waiting.filter(({ owner }) => (this.running.get(owner) ?? 0) < this.bounds.each);
			if (!free.length) return;
			const first = free.reduce((best, one) => (this.lastTurn(one) < this.lastTurn(best) ? one : best));
			this.waiting.splice(this.waiting.indexOf(first), 1);
			this.busy += 1;
			this.running.set(first.owner, (this.running.get(first.owner) ?? 0) + 1);
			this.served.set(first.owner, ++this.turn);
			first.begin();
		}
	}
	private lastTurn = ({ owner }: Waiting): number => this.served.get(owner) ?? 0;
	private forget(owner: string): void {
		if (this.running.get(owner) || this.waiting.some((one) => one.owner === owner)) return;
		this.running.delete(owner);
		this.served.delete(owner);
	}
}
