// A state is set only on a row that may become it: for the `where` of an update, and for what it answers. The database refuses the rest too, whoever writes
// (docs/decisions/0049); here it is said which row it was.
import { inArray, type Column, type GetColumnData, type SQL } from 'drizzle-orm';
import { statesBefore, type AnyTable } from '../../domain/states.ts';

/** Rows that may become this, or are it. All of them where no state is set. */
export const thatMayBecome = <C extends Column>(
	column: C,
	table: AnyTable<Extract<GetColumnData<C>, string>>,
	to: Extract<GetColumnData<C>, string> | undefined
): SQL | undefined => (to === undefined ? undefined : inArray(column, [to, ...statesBefore(table, to)]));

/** @throws when no row was written: there is none, or it is in a state that this one can't follow. */
export function requireSet(rows: readonly unknown[], what: string, to: string | undefined): void {
	if (to !== undefined && !rows.length) throw new Error(`${what} can’t become ${to}`);
}
