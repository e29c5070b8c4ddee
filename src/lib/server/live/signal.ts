// Wake-up signals: sent after commit, one for many, never inside the money transaction (NOTIFY there serialises commits).
import type { Database } from '../store/database.ts';
import { CHANNEL } from './hub.ts';

const COALESCE_MS = 5;

export function makeSignal(db: Database, onProblem: (error: unknown) => void): () => void {
	let timer: NodeJS.Timeout | undefined;
	return () => {
		timer ??= setTimeout(() => {
			timer = undefined;
			db.signals.notify(CHANNEL, '').catch(onProblem);
		}, COALESCE_MS);
	};
}
