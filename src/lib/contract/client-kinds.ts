// What a form says a client is.
import type { ClientKind } from '../domain/invoices/client-kind.ts';

const KINDS: readonly ClientKind[] = ['business', 'consumer', 'unknown'];
/** null: none of the words that a form may send. */
export const readClientKind = (value: unknown): ClientKind | null => KINDS.find((kind) => kind === value) ?? null;
