// Many rows in one statement whose text never changes: they travel as one JSON value, so that PostgreSQL plans once and the driver binds one parameter.
import { getTableColumns, getTableName, sql, type SQL } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import type { Scope } from '../../domain/access/scope.ts';
import type { Tx } from './database.ts';
import { toJson } from './json.ts';

const snake = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Every row has the same keys, in the words of the schema; what it leaves out takes its default. `end`: ON CONFLICT and RETURNING. */
export async function insertMany<T extends PgTable, Returned extends Record<string, unknown> = Record<string, never>>(
	tx: Tx,
	scope: Scope,
	table: T,
	rows: Omit<T['$inferInsert'], 'supplierId'>[],
	end: SQL = sql``
): Promise<Returned[]> {
	const [first] = rows;
	if (!first) return [];
	const columns = getTableColumns(table);
	const keys = Object.keys(first).filter((key) => key in columns);
	const names = sql.raw(keys.map((key) => `"${snake(key)}"`).join(', '));
	const shape = sql.raw(keys.map((key) => `"${key}" ${columns[key]!.getSQLType()}`).join(', '));
	const picked = sql.raw(keys.map((key) => `x."${key}"`).join(', '));
	const answer = await tx.execute(
		sql`insert into ${sql.identifier(getTableName(table))} (supplier_id, ${names}) select ${scope.supplierId}::uuid, ${picked} from jsonb_to_recordset(${toJson(rows)}::jsonb) as x(${shape}) ${end}`
	);
	return [...answer] as Returned[];
}
