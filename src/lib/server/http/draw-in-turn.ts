// Documents and pictures are drawn in sum: each supplier has its turn, and nobody's drawings make another supplier's wait for more than the one at work.
// Who would have to wait behind too many of its own is told to come back.
import { error } from '@sveltejs/kit';
import { NoTurn, Turns } from '../turns.ts';

/** All in one thread (documents/pdf.ts), some tens of milliseconds each. */
const documents = new Turns({ places: 1, each: 1, waitingEach: 40, waiting: 400 });
/** In threads of their own (readers/off-path.ts), ten seconds at most. */
const pictures = new Turns({ places: 3, each: 2, waitingEach: 40, waiting: 400 });

export const drawInTurn = <T>(supplierId: string, draw: () => Promise<T>): Promise<T> =>
	orComeBack(documents.take(supplierId, draw));
export const drawAside = <T>(supplierId: string, draw: () => Promise<T>): Promise<T> =>
	orComeBack(pictures.take(supplierId, draw));

const orComeBack = <T>(drawn: Promise<T>): Promise<T> =>
	drawn.catch((problem: unknown) =>
		problem instanceof NoTurn ? error(429, 'Too many requests') : Promise.reject(problem)
	);
