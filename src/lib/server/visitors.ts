// People who wait for a page of this process. What runs in the background gives way to them: smaller steps, and a breath between two.
import { setTimeout as pause } from 'node:timers/promises';

export type Visitors = {
	/** A request, from its beginning to its answer. */
	serve<T>(request: () => Promise<T>): Promise<T>;
	areHere(): boolean;
};
/** After an answer the same person asks for what belongs to it. */
const LATELY_MS = 250;
export function countVisitors(): Visitors {
	let waiting = 0;
	let answeredAt = -Infinity;
	return {
		async serve(request) {
			waiting += 1;
			try {
				return await request();
			} finally {
				waiting -= 1;
				answeredAt = performance.now();
			}
		},
		areHere: () => waiting > 0 || performance.now() - answeredAt < LATELY_MS
	};
}

const LONGEST_MS = 100;
/** While somebody is here, as long a pause as the step before took. */
export async function giveWay(visitors: Visitors, stepBegunAt: number): Promise<void> {
	if (visitors.areHere()) await pause(Math.min(performance.now() - stepBegunAt, LONGEST_MS));
}
