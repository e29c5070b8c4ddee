// Column kinds that every table shares. Money is bigint minor units; instants are timestamptz; days are dates.
import { sql, type SQL } from 'drizzle-orm';
import { bigint, check, customType, date, text, timestamp, uuid, type AnyPgColumn } from 'drizzle-orm/pg-core';
import type { CivilDate } from '../../../domain/calendar/civil-date.ts';
import type { Minor } from '../../../domain/money/minor.ts';
import { namesOf, type AnyTable } from '../../../domain/states.ts';

/** `name`: where the column is called otherwise than the property (docs/glossary.md). */
export const id = (name = '') => uuid(name).notNull();
export const optionalId = (name = '') => uuid(name);
export const money = () => bigint({ mode: 'bigint' }).notNull().$type<Minor>();
export const optionalMoney = () => bigint({ mode: 'bigint' }).$type<Minor>();
export const instant = () => timestamp({ withTimezone: true, precision: 3 }).notNull();
export const optionalInstant = () => timestamp({ withTimezone: true, precision: 3 });
export const day = () => date({ mode: 'string' }).notNull().$type<CivilDate>();
export const optionalDay = () => date({ mode: 'string' }).$type<CivilDate>();
export const bytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => 'bytea' });
/** Transaction number: what makes the outbox cursor safe, see outbox.ts. */
export const xid8 = customType<{ data: string; driverData: string }>({ dataType: () => 'xid8' });

/** A column that holds one of these words. The compiler compares the list with the type, `oneOf` gives it to the database. */
export const choice = <T extends string>(words: Record<T, true>) => text({ enum: Object.keys(words) as [T, ...T[]] });
/** A column that holds a state: one of those of its table, which says what may follow. The database refuses the rest (tests/server/store/states.test.ts). */
export const stateOf = <T extends string>(table: AnyTable<T>) => text({ enum: namesOf(table) as [T, ...T[]] });
/** Words as SQL text: an index with a condition is found by these very words, and not by parameters. */
export const words = (list: readonly string[]): SQL => sql.raw(list.map((word) => `'${word}'`).join(', '));
/** The database refuses every other word. Beside each `choice` and `stateOf`: tests/server/store/walls.test.ts. */
export function oneOf(name: string, column: AnyPgColumn) {
	// Among a table's constraints Drizzle gives the column as it was written down, where its list is not yet a property.
	const { enumValues } = (column as unknown as { config: { enumValues: string[] } }).config;
	return check(name, sql`${column} in (${words(enumValues)})`);
}
