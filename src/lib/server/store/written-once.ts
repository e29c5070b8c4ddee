// Drizzle writes the text of a query anew each time it is asked, which was a fifth of what a pay page cost. What every page asks is written once.
import { sql, type Placeholder } from 'drizzle-orm';
import type { PgPreparedQuery, PreparedQueryConfig, SelectedFieldsOrdered } from 'drizzle-orm/pg-core';
import type { Tx } from './database.ts';

type Value = string | number | Date;
/** A place in the text for each value; none for one that is left out or null (`and` skips it), and then the text is another one. */
export type Given<Values> = {
	[Name in keyof Values]-?: Values[Name] extends Value ? Placeholder : Placeholder | undefined;
};
type Query<Row> = { prepare(name: string): { execute(values?: Record<string, unknown>): Promise<Row[]> } };
/** What Drizzle's prepared query holds besides the connection it was written on. */
type Written = {
	queryString: string;
	params: unknown[];
	fields: SelectedFieldsOrdered;
	joinsNotNullableMap: Record<string, boolean> | undefined;
};

/**
 * `const ofSupplier = writtenOnce<{ supplierId: string }>()((tx, given) => tx.select().from(supplier).where(eq(supplier.supplierId, given.supplierId)))`
 * is asked by `ofSupplier(tx, { supplierId })`. A value goes to the driver as it is: what a column would have to turn into something else is no value for it.
 */
export const writtenOnce =
	<Values extends Record<string, Value | null | undefined>>() =>
	<Row>(write: (tx: Tx, given: Given<Values>) => Query<Row>): ((tx: Tx, values: Values) => Promise<Row[]>) => {
		const texts = new Map<string, Written>();
		return (tx, values) => {
			const names = Object.keys(values).filter((name) => values[name] != null);
			const which = names.join();
			let text = texts.get(which);
			if (!text) {
				const given = Object.fromEntries(names.map((name) => [name, sql.placeholder(name)])) as Given<Values>;
				const { queryString, params, fields, joinsNotNullableMap } = write(tx, given).prepare(
					which
				) as unknown as Written;
				texts.set(which, (text = { queryString, params, fields, joinsNotNullableMap }));
			}
			const { queryString, params, fields, joinsNotNullableMap } = text;
			// `_.session` is the connection of this transaction.
			const query: PgPreparedQuery<PreparedQueryConfig> = tx._.session.prepareQuery(
				{ sql: queryString, params },
				fields,
				undefined,
				true
			);
			return Object.assign(query, { joinsNotNullableMap }).execute(values) as Promise<Row[]>;
		};
	};
