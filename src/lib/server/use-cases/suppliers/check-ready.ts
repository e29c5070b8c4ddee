// Can this process serve? The database answers, and what is paid could be kept: a row, and room on its disk.
import type { Services } from '../../services.ts';
import { canWrite } from '../../store/can-write.ts';

const LIMIT_MS = 2000;
/** Who asks is anybody: the database is asked once for all who ask at the same time or just after. */
const SAME_ANSWER_MS = 500;
const asking = new WeakMap<Services, Promise<boolean>>();

export async function isReady(services: Services): Promise<boolean> {
	const answer = asking.get(services) ?? ask(services);
	const late = new Promise<false>((done) => setTimeout(() => done(false), LIMIT_MS).unref());
	return Promise.race([answer, late]);
}

function ask(services: Services): Promise<boolean> {
	const answer = canWrite(services.db, services.clock.now()).then(
		() => true,
		(error: unknown) => {
			services.log.warn({ err: error }, 'not ready: nothing can be kept');
			return false;
		}
	);
	asking.set(services, answer);
	void answer.then(() => setTimeout(() => asking.delete(services), SAME_ANSWER_MS).unref());
	return answer;
}
