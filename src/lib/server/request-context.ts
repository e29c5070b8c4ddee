// Which request is being answered: its id, the address it came from, who proved to be asking. Books and logs read it here, so that no use case has to
// carry it through (https://nodejs.org/api/async_context.html). What the worker does by itself has none.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Scope } from '../domain/access/scope.ts';

export type RequestContext = {
	readonly requestId: string;
	/** The network address as the server knows it; null where the proxy did not say. */
	readonly address: string | null;
	/** Set once a session, a pay link or a key has said who it is. */
	scope: Scope | null;
	/** The code of the last refusal that was put into words. */
	refusal: string | null;
};
const current = new AsyncLocalStorage<RequestContext>();

export const duringRequest = <T>(context: RequestContext, work: () => T): T => current.run(context, work);
export const requestContext = (): RequestContext | null => current.getStore() ?? null;
/** Where it came from, as books keep it. */
export const askedFrom = (): { requestId: string | null; address: string | null } => {
	const context = current.getStore();
	return { requestId: context?.requestId ?? null, address: context?.address ?? null };
};
export function noteScope(scope: Scope): void {
	const context = current.getStore();
	if (context) context.scope = scope;
}
