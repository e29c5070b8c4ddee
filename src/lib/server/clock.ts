// The one clock. Everything that asks what time it is asks it, so that the demo and the tests can move it.
export type Clock = { now(): Date };
export const wallClock: Clock = { now: () => new Date() };

/** A clock that stands `offsetMs` ahead of the wall clock; the demo moves it forward. */
export type MovableClock = Clock & { offsetMs(): number; setOffset(ms: number): void };
export function movableClock(offsetMs = 0): MovableClock {
	let offset = offsetMs;
	return { now: () => new Date(Date.now() + offset), offsetMs: () => offset, setOffset: (ms) => void (offset = ms) };
}
