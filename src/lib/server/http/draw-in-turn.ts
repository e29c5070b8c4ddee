// Documents are drawn in this thread, some tens of milliseconds each: one at a time, and after each as long a pause for everybody else. Who would have to wait
// behind too many is told to come back.
import { setTimeout as pause } from 'node:timers/promises';
import { error } from '@sveltejs/kit';

const WAITING_MAX = 100;
const PAUSE_MAX_MS = 200;
let waiting = 0;
let last: Promise<unknown> = Promise.resolve();

export async function drawInTurn<T>(draw: () => Promise<T>): Promise<T> {
	if (waiting >= WAITING_MAX) error(429, 'Too many requests');
	waiting += 1;
	const drawn = last.then(() => drawThenPause(draw));
	last = drawn.then(({ paused }) => paused).catch(() => {});
	try {
		return (await drawn).document;
	} finally {
		waiting -= 1;
	}
}
/** The document is handed over before the pause. */
async function drawThenPause<T>(draw: () => Promise<T>): Promise<{ document: T; paused: Promise<unknown> }> {
	const begun = performance.now();
	const document = await draw();
	return { document, paused: pause(Math.min(performance.now() - begun, PAUSE_MAX_MS)) };
}
