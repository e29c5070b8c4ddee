// Chance from a seed: the same seed makes the same choices in the same order. (What the choices meet, processes and clocks decide: a seed may pass next time.)
export type Dice = {
	/** 0 ≤ n < max. */
	roll(max: number): number;
	chance(percent: number): boolean;
	one<T>(list: readonly T[]): T;
	/** By weight. */
	weighed<T>(list: readonly (readonly [weight: number, what: T])[]): T;
	uuid(): string;
};

/** Mulberry32: 32 bits of state are plenty for some thousand choices. */
export function dice(seed: number): Dice {
	let state = (seed * 2_654_435_761) >>> 0;
	const next = (): number => {
		state = (state + 0x6d2b79f5) >>> 0;
		let t = state;
		t = Math.imul(t ^ (t >>> 15), t | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
	};
	const roll = (max: number): number => Math.floor(next() * max);
	const one = <T>(list: readonly T[]): T => list[roll(list.length)]!;
	return {
		roll,
		one,
		chance: (percent) => roll(100) < percent,
		weighed: (list) => {
			let left = roll(list.reduce((sum, [weight]) => sum + weight, 0));
			for (const [weight, what] of list) if ((left -= weight) < 0) return what;
			return list[0]![1];
		},
		uuid: () => {
			const hex = Array.from({ length: 32 }, () => roll(16).toString(16)).join('');
			return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
		}
	};
}
