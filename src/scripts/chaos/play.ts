// One seed: a stage of its own, moves and faults as the dice fall, then calm days, then the checker.
import type { Embedded } from '../embedded-postgres.ts';
import { ask, pause } from './ask.ts';
import { check } from './checker/check.ts';
import type { Anomaly } from './checker/facts.ts';
import { dice as diceOf } from './dice.ts';
import { calm, cause, FAULTS, FOR_DAYS, killBeforePoints, killSomebody } from './faults.ts';
import { MOVES } from './moves.ts';
import { openStage, type Stage } from './stage.ts';
import { beginPayouts, endPayouts } from './treasury.ts';
import { ACCOUNTS, addBills, openWorld, type World } from './world.ts';

export type Played = {
	operations: Record<string, number>;
	faults: Record<string, number>;
	looked: Record<string, number>;
	anomalies: Anomaly[];
	days: number;
	seconds: number;
};
type Script = { dir: string; seed: number; steps?: number; minutes?: number };
/** At once; more would only wait for two cores. */
const MOVES_AT_ONCE = 6;
/** No driver waits longer for one of its own moves. */
const MOVE_LIMIT_MS = 60_000;
const CALM_DAYS = 12;

export async function playSeed(server: Embedded, { dir, seed, steps = Infinity, minutes }: Script): Promise<Played> {
	const started = performance.now();
	const dice = diceOf(seed);
	const stage = await openStage(server, dir, `chaos_${seed}`, ACCOUNTS);
	const world = await openWorld(stage, dice);
	const [operations, faults]: Record<string, number>[] = [{}, {}];
	const countIn = (where: Record<string, number>) => (name: string) => void (where[name] = (where[name] ?? 0) + 1);
	const [count, countFault] = [countIn(operations!), countIn(faults!)];
	let [days, kills] = [0, 0];
	/** A day is lived through as the demo's clock does; what a killed process left of it, the next jump makes up for. */
	const jump = async (by: number): Promise<void> => {
		days += by;
		const answer = await ask(`${dice.one(stage.webs)}/demo/api/clock`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', origin: stage.origin },
			body: JSON.stringify({ advance: `P${by}D` }),
			limitMs: 120_000
		});
		count(answer.status === 200 ? 'jump of the clock' : 'jump of the clock, cut short');
	};
	try {
		await beginPayouts(stage, dice);
		for (const seller of world.sellers) await addBills(world, () => stage.webs[0]!, dice, seller, 8);
		const running = new Set<Promise<unknown>>();
		const until = minutes ? performance.now() + minutes * 60_000 : Infinity;
		for (let step = 0; step < steps && performance.now() < until; step++) {
			const scene = { stage, world, dice: diceOf(seed * 100_003 + step), count };
			const what = dice.weighed([
				[77, 'move'],
				[9, 'fault'],
				[7, 'calm'],
				[3, 'kill'],
				[4, 'jump']
			]);
			if (what === 'fault') {
				const name = dice.one(FAULTS);
				countFault(name);
				await cause(stage, dice, name);
				if (FOR_DAYS.includes(name)) {
					await jump(1 + dice.roll(4));
					await calm(stage);
				}
			} else if (what === 'calm') await calm(stage);
			else if (what === 'kill' && dice.chance(30)) {
				const dead = await killBeforePoints(stage, world.sql, dice).catch((error: Error) => {
					if (isAway(error)) return null;
					throw error;
				});
				kills += dead ?? 0;
				countFault(dead === null ? 'nobody between money and points' : 'kill -9 between money and points');
			} else if (what === 'kill') {
				kills += 1;
				countFault(`kill -9 of ${(await killSomebody(stage, dice)).replace(/\d/, '')}`);
			} else if (what === 'jump') await jump(1 + dice.roll(9));
			else {
				const move = dice.weighed(MOVES);
				const done = Promise.race([move(scene), pause(MOVE_LIMIT_MS)])
					.catch((error: Error) =>
						count(isAway(error) ? 'move given up: no database' : `driver: ${error.message.slice(0, 80)}`)
					)
					.finally(() => running.delete(done));
				running.add(done);
			}
			while (running.size >= MOVES_AT_ONCE) await Promise.race(running);
			await pause(dice.roll(120));
		}
		await Promise.all(running);
		await comeToRest(stage, jump);
		const { anomalies, looked } = await check({
			owner: stage.owner,
			apiUrl: stage.apiUrl,
			mailboxUrl: stage.mailboxUrl,
			web: stage.webs[0]!,
			apiKeys: keysOf(world),
			kills
		});
		for (const what of stage.deaths) anomalies.push({ rule: 'processes live', what });
		return {
			operations: operations!,
			faults: faults!,
			looked,
			anomalies,
			days,
			seconds: Math.round((performance.now() - started) / 1000)
		};
	} finally {
		await world.sql.end({ timeout: 5 });
		await stage.close();
	}
}

/** Nothing breaks any more, everybody is there, and enough days go by for every bank to have answered. */
async function comeToRest(stage: Stage, jump: (days: number) => Promise<void>): Promise<void> {
	await calm(stage);
	await stage.everybodyUp();
	await endPayouts(stage);
	for (let left = CALM_DAYS; left > 0; left -= 4) await jump(4);
	await pause(3000);
	// The last fees are known a moment later, and told.
	await jump(1);
	await pause(2500);
}
/** The driver asks the database too, to know what there is. */
const isAway = ({ message, code }: Error & { code?: string }): boolean =>
	/^(57P|08|CONNECTION_|ECONN)/.test(code ?? '') || /database system/.test(message);
const keysOf = ({ sellers }: World): Record<string, string> =>
	Object.fromEntries(sellers.map(({ supplierId, apiKey }) => [supplierId, apiKey]));
