// What the steps of settling hand to each other: one intent as Stripe has it now, inside one transaction.
import type { Scope } from '../../domain/access/scope.ts';
import type { IntentState } from '../gateways/stripe/port.ts';
import type { Services } from '../services.ts';
import type { Tx } from '../store/database.ts';
import type { Supplier } from '../store/suppliers.ts';

/** What booking needs, wherever the money comes from. */
export type Booking = { services: Services; scope: Scope; tx: Tx; supplier: Supplier; now: Date };
export type Settling = Booking & { intent: IntentState };
