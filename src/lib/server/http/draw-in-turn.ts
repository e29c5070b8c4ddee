// Documents and pictures are drawn in sum: each supplier has its turn, and nobody's drawings make another supplier's wait for more than the one at work.
// Who would have to wait behind too many of its own is told to come back.
import { setTimeout as pause } from 'node:timers/promises';
import { error } from '@sveltejs/kit';
import { NoTurn, Turns } from '../turns.ts';

const PAUSE_MAX_MS = 200;
/** In this thread, some tens of milliseconds each: one at a time, and after each as long a pause for everybody else. */
const here = new Turns({ places: 1, each: 1, waitingEach: 40, waiting: 400 });
/** In threads of their own (readers/off-path.ts), ten seconds at most. */
const aside = new Turns({ places: 3, each: 2, waitingEach: 40, waiting: 400 });

export function drawInTurn<T>(supplierId: string, draw: () => Promise<T>): Promise<T> {
	let tookMs = 0;
	const timed = async () => {
		const begun = performance.now();
		try {
			return await draw();
		} finally {
			tookMs = performance.now() - begun;
		}
	};
	return orComeBack(here.take(supplierId, timed, () => pause(Math.min(tookMs, PAUSE_MAX_MS))));
}
export const drawAside = <T>(supplierId: string, draw: () => Promise<T>): Promise<T> =>
	orComeBack(aside.take(supplierId, draw));

const orComeBack = <T>(drawn: Promise<T>): Promise<T> =>
	drawn.catch((problem: unknown) =>
		problem instanceof NoTurn ? error(429, 'Too many requests') : Promise.reject(problem)
	);
