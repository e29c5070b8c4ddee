// What a bench found: a table to read and reports/bench.json to keep. A ratio is told beside what it must reach.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import path from 'node:path';

/** `value` must be at least `bar`. */
export type Bar = { name: string; value: number; bar: number };

/** Prints the table, writes the file, and answers how many bars were not reached. `figures`: what was measured besides, as it comes. */
export function report(bars: Bar[], figures: Record<string, unknown>): number {
	const width = Math.max(...bars.map(({ name }) => name.length));
	for (const { name, value, bar } of bars)
		console.info(
			`${name.padEnd(width)}  ${digits(value).padStart(10)}  of ${digits(bar).padStart(8)}  ${value < bar ? 'UNDER' : 'holds'}`
		);
	const file = path.resolve('reports/bench.json');
	mkdirSync(path.dirname(file), { recursive: true });
	const machine = { processors: cpus().map(({ model }) => model), load: loadavg(), node: process.version };
	writeFileSync(file, `${JSON.stringify({ at: new Date().toISOString(), machine, bars, ...figures }, null, '\t')}\n`);
	console.info(`written to ${file}`);
	return bars.filter(({ value, bar }) => value < bar).length;
}
const digits = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toFixed(2));
