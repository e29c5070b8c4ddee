// A test that never gives its process back would hold up the whole run, and say nothing. When nothing has moved for long, what is still running is named and the run
// is red.
import type { Reporter, TestModule } from 'vitest/node';

/** Longer than the longest time limit of a test. */
const SILENCE_MINUTES = 15;

export default class HungTests implements Reporter {
	private readonly running = new Set<TestModule>();
	private movedAt = performance.now();
	private timer: NodeJS.Timeout | undefined;

	onTestRunStart(): void {
		this.movedAt = performance.now();
		this.timer = setInterval(() => this.look(), 10_000);
		this.timer.unref();
	}
	onTestModuleStart(module: TestModule): void {
		this.running.add(module);
		this.movedAt = performance.now();
	}
	onTestCaseResult(): void {
		this.movedAt = performance.now();
	}
	onTestModuleEnd(module: TestModule): void {
		this.running.delete(module);
		this.movedAt = performance.now();
	}
	onTestRunEnd(): void {
		clearInterval(this.timer);
	}

	private look(): void {
		if (performance.now() - this.movedAt < SILENCE_MINUTES * 60_000) return;
		const names = [...this.running].map(({ relativeModuleId }) => relativeModuleId);
		console.error(
			`\nNothing has moved for ${SILENCE_MINUTES} minutes. Still running: ${names.join(', ') || 'no file'}.`
		);
		process.exit(1);
	}
}
