// The demo's movable clock: its offset is kept in the database and followed by every process.
import type { MovableClock } from './clock.ts';
import type { Database } from './store/database.ts';
import { readDemoOffset, saveDemoOffset } from './store/demo-clock.ts';

const CHANNEL = 'ponctuel_clock';

export async function followDemoClock(db: Database, clock: MovableClock): Promise<void> {
	const read = async () => clock.setOffset(await readDemoOffset(db));
	await read();
	await db.listener.listen(CHANNEL, () => void read().catch(() => undefined));
}
/** Forward only: money does not go back in time. */
export async function moveDemoClock(db: Database, clock: MovableClock, byMs: number): Promise<void> {
	if (byMs < 0) throw new RangeError('the clock only moves forward');
	const offset = clock.offsetMs() + byMs;
	await saveDemoOffset(db, offset);
	clock.setOffset(offset);
	await db.signals.notify(CHANNEL, '');
}
