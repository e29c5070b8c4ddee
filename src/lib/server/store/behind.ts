// The rows behind one that was read, in the order of an instant and then an id: for lists that are read piece by piece.
import { sql, type SQL } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';

type At = readonly [AnyPgColumn, Date | null];
type Id = readonly [AnyPgColumn, string];
export const behindRow = ([instant, at]: At, [id, named]: Id): SQL =>
	sql`(${instant}, ${id}) > (${at?.toISOString() ?? null}::timestamptz, ${named}::uuid)`;
