// How the worker's loops are woken: everybody who waits hears the next ring, and nothing is kept of it afterwards.
export type Bell = {
	/** Resolves at the next ring after this call. */
	nextRing(): Promise<void>;
	ring(): void;
};

export function makeBell(): Bell {
	let next = Promise.withResolvers<void>();
	return {
		nextRing: () => next.promise,
		ring: () => {
			const { resolve } = next;
			next = Promise.withResolvers<void>();
			resolve();
		}
	};
}
