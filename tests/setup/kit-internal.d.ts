// SvelteKit's own way of saying which request is being answered: `sequence` asks it. Without types of its own; kit's version is pinned.
declare module '@sveltejs/kit/internal/server' {
	export function with_request_store<T>(store: unknown, work: () => T): T;
}
