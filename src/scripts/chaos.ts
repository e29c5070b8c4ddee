// npm run chaos: people, banks and suppliers at work while everything breaks around them, and afterwards a checker who knows nothing of the product asks
// whether every cent is where it belongs. `--seed 7`, `--seeds 1-20`, `--minutes 5` (of each seed), `--steps 80`, `--keep` (logs and database stay).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { playSeed, type Played } from './chaos/play.ts';
import { openServer } from './chaos/stage.ts';

const { values } = parseArgs({
	options: {
		seed: { type: 'string' },
		seeds: { type: 'string' },
		steps: { type: 'string' },
		minutes: { type: 'string' },
		keep: { type: 'boolean', default: false }
	}
});
function seedsOf(text: string): number[] {
	return text.split(',').flatMap((part) => {
		const [from = NaN, to = from] = part.split('-').map(Number);
		return Array.from({ length: to - from + 1 }, (_, i) => from + i);
	});
}
const seeds = seedsOf(values.seeds ?? values.seed ?? '1');
/** Whichever comes first. */
const length = {
	...(values.minutes ? { minutes: Number(values.minutes) } : {}),
	...(values.steps || !values.minutes ? { steps: Number(values.steps ?? 90) } : {})
};
if (!seeds.length || seeds.some((seed) => !Number.isInteger(seed)) || Object.values(length).some((n) => !(n > 0))) {
	console.error('npm run chaos -- --seeds 1-20 --steps 90, or --seed 7 --minutes 5');
	process.exit(2);
}

const add = (sum: Record<string, number>, more: Record<string, number>) => {
	for (const [name, count] of Object.entries(more)) sum[name] = (sum[name] ?? 0) + count;
};
const list = (counts: Record<string, number>): string =>
	Object.entries(counts)
		.sort(([, a], [, b]) => b - a)
		.map(([name, count]) => `${count} ${name}`)
		.join(', ');
const total = (counts: Record<string, number>): number => Object.values(counts).reduce((sum, count) => sum + count, 0);

const dir = mkdtempSync(path.join(tmpdir(), 'ponctuel-chaos-'));
const server = await openServer(dir);
const sum = { operations: {}, faults: {}, looked: {} };
const anomalies: { seed: number; rule: string; what: string }[] = [];
let isOver = false;
process.once('SIGINT', () => (isOver = true));
try {
	for (const seed of seeds) {
		if (isOver) break;
		const played: Played = await playSeed(server, { dir: path.join(dir, `seed-${seed}`), seed, ...length });
		add(sum.operations, played.operations);
		add(sum.faults, played.faults);
		add(sum.looked, played.looked);
		anomalies.push(...played.anomalies.map((anomaly) => ({ seed, ...anomaly })));
		console.info(
			`seed ${seed}: ${total(played.operations)} operations, ${total(played.faults)} faults, ${played.days} days, ${played.seconds} s, ${played.anomalies.length} anomalies`
		);
		for (const { rule, what } of played.anomalies) console.info(`    ${rule}: ${what}`);
	}
} finally {
	await server.stop();
	if (values.keep) console.info(`kept: ${dir}`);
	else rmSync(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}
console.info(`\nseeds       ${seeds.join(', ')}`);
console.info(`operations  ${total(sum.operations)}: ${list(sum.operations)}`);
console.info(`faults      ${total(sum.faults)}: ${list(sum.faults)}`);
console.info(`looked at   ${list(sum.looked)}`);
console.info(
	`anomalies   ${anomalies.length}${anomalies.length ? `: seeds ${[...new Set(anomalies.map(({ seed }) => seed))].join(', ')}` : ''}`
);
process.exit(anomalies.length ? 1 : 0);
