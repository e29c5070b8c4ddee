// Points: what earning adds to a payment (bench-points-earning.ts), and how long a balance and a tier take to read among many (bench-points-reading.ts). In a database
// and an outside world of its own. By itself: `node src/scripts/bench-points.ts`.
import { pathToFileURL } from 'node:url';
import { settling, type EarningBench } from './bench-points-earning.ts';
import { CLIENTS, ENTRIES, reading, type ReadingBench } from './bench-points-reading.ts';
import { onStage } from './bench-points-stage.ts';

export type PointsBench = EarningBench & ReadingBench;
export const pointsBench = (): Promise<PointsBench> =>
	onStage(async (stage) => ({ ...(await settling(stage)), ...(await reading(stage)) }));

export function tellPoints(found: PointsBench): [name: string, ratio: number, bar: number][] {
	const { plainMs, withPointsMs, plainWholeMs, withPointsWholeMs, readMs, byHandMs, allMs, fillSeconds, followingMs } =
		found;
	console.info(
		`points          a settled payment ${plainWholeMs.toFixed(1)} ms, with points ${withPointsWholeMs.toFixed(1)} ms (+${((withPointsWholeMs / plainWholeMs - 1) * 100).toFixed(1)} %) | without Stripe’s answers ${plainMs.toFixed(1)} and ${withPointsMs.toFixed(1)} ms (+${((withPointsMs / plainMs - 1) * 100).toFixed(1)} %) | then the worker, right after: ${followingMs.toFixed(1)} ms`
	);
	console.info(
		`points          ${CLIENTS} clients, ${ENTRIES} entries (filled in ${fillSeconds.toFixed(0)} s): balance and tier of one ${readMs.toFixed(2)} ms, by hand ${byHandMs.toFixed(2)} ms, ratio ${(byHandMs / readMs).toFixed(2)} | of all in ${allMs.toFixed(0)} ms`
	);
	return [
		['a payment without points, beside one with them', plainWholeMs / withPointsWholeMs, 1 / 1.1],
		// The difference is Drizzle's, the same for a client of ten: among so many, it must stay one look-up.
		['balance and tier, beside SQL by hand', byHandMs / readMs, 0.3]
	];
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
	const low = tellPoints(await pointsBench()).filter(([, ratio, bar]) => ratio < bar);
	for (const [name, ratio, bar] of low) console.info(`under the bar: ${name} ${ratio.toFixed(2)} < ${bar.toFixed(2)}`);
	process.exit(low.length ? 1 : 0);
}
