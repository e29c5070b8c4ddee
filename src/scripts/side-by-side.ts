// Steps that don't need one another, as many at once as there are cores. What one said is told when it is over, so that nobody's words are mixed with another's.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import type { Step } from './static-steps.ts';

export type Done<S extends Step> = { step: S; ok: boolean; seconds: number; said: string };
/** @param tell as each ends */
export async function sideBySide<S extends Step>(
	steps: readonly S[],
	how: { cwd: string; env: NodeJS.ProcessEnv },
	tell: (done: Done<S>) => void
): Promise<void> {
	const waiting = [...steps];
	const one = async (): Promise<void> => {
		for (let step = waiting.shift(); step; step = waiting.shift()) tell(await done(step, how));
	};
	await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, one));
}
const done = <S extends Step>(step: S, how: { cwd: string; env: NodeJS.ProcessEnv }): Promise<Done<S>> =>
	new Promise((answer) => {
		const started = performance.now();
		const [program = '', ...options] = step.command;
		const child = spawn(program, options, { ...how, stdio: ['ignore', 'pipe', 'pipe'] });
		let said = '';
		for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (said += part.toString()));
		child.once('error', (error) => (said += `${error.message}\n`));
		child.once('close', (code) =>
			answer({ step, ok: code === 0, seconds: Math.round((performance.now() - started) / 1000), said })
		);
	});
