// What a start is doing, step by step with the time it took: one line that is rewritten on a terminal, plain lines elsewhere.
// Plain JavaScript without a dependency, because it runs before anything is installed.

/** Elsewhere than on a terminal, a step that lasts says so again after this time. */
const STILL_THERE_MS = 20_000;

/**
 * Does the work of one step under its name.
 * @template T
 * @param {string} name what a person reads: "Installing packages"
 * @param {(note: (text: string) => void) => Promise<T>} work `note` says how far it is: "day 12 of 75"
 * @returns {Promise<T>} what the work answers; what it throws is thrown on, after the line of the step is ended
 */
export async function step(name, work) {
	const started = performance.now();
	const elapsed = () => `${Math.round((performance.now() - started) / 1000)} s`;
	const onTerminal = Boolean(process.stdout.isTTY);
	let noted = '';
	const line = () => `  ${name}…${noted && ` ${noted},`} ${elapsed()}`;
	const rewrite = () => process.stdout.write(`\r\u001b[2K${line().slice(0, (process.stdout.columns || 80) - 1)}`);
	if (onTerminal) rewrite();
	else console.info(`  ${name}…`);
	const timer = setInterval(onTerminal ? rewrite : () => console.info(line()), onTerminal ? 250 : STILL_THERE_MS);
	timer.unref();
	/** @param {string} end */
	const close = (end) => {
		clearInterval(timer);
		console.info(`${onTerminal ? '\r\u001b[2K' : ''}  ${name}: ${end} ${elapsed()}`);
	};
	try {
		const answer = await work((text) => void (noted = text));
		close('done in');
		return answer;
	} catch (error) {
		close('stopped after');
		throw error;
	}
}
