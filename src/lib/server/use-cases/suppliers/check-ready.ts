// Can this process serve? One small query, with a limit.
import type { Services } from '../../services.ts';
import { readDemoOffset } from '../../store/records.ts';

export async function isReady({ db }: Services): Promise<boolean> {
	const late = new Promise<false>((done) => setTimeout(() => done(false), 2000));
	return Promise.race([
		readDemoOffset(db).then(
			() => true,
			() => false
		),
		late
	]);
}
