// Two versions beside each other on one database, while a deployment goes on: what the one that runs reads and writes, and what of it the next one's tables would refuse.
import { createHash } from 'node:crypto';
import type postgres from 'postgres';

type Named = Record<string, string>;
/** By table, but rights (by login and object) and functions (by signature). */
export type Version = {
	columns: Record<string, Named>;
	/** Checks, keys, references, unique indexes: each may refuse a row. */
	rules: Record<string, Named>;
	triggers: Record<string, Named>;
	policies: Record<string, Named>;
	rights: Record<string, Named>;
	functions: Named;
};
const digest = (text: string): string =>
	createHash('sha256').update(text.replace(/\s+/g, ' ')).digest('hex').slice(0, 16);

/** Of the database as it is now, a transaction that is not committed included. */
export async function describeVersion(sql: postgres.ISql): Promise<Version> {
	type Row = { table: string; name: string; is: string };
	const ours = `select oid from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v')`;
	const of = async (query: string, say = (row: Row) => row.is): Promise<Record<string, Named>> => {
		const found: Record<string, Named> = {};
		for (const row of await sql.unsafe<Row[]>(`${query} order by 1, 2`)) (found[row.table] ??= {})[row.name] = say(row);
		return found;
	};
	return {
		columns: await of(`
			select attrelid::regclass::text as table, attname::text as name, concat_ws(' ', format_type(atttypid, atttypmod), case when attnotnull then 'not null' end,
				case when attidentity <> '' then 'identity' when attgenerated <> '' then 'generated ' || pg_get_expr(adbin, adrelid) else 'default ' || pg_get_expr(adbin, adrelid) end) as is
			from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum where attrelid in (${ours}) and attnum > 0 and not attisdropped`),
		rules: await of(`
			select conrelid::regclass::text as table, conname::text as name, pg_get_constraintdef(oid) as is
			from pg_constraint where conrelid in (${ours}) and contype in ('c', 'f', 'p', 'u', 'x')
			union all select indrelid::regclass::text, indexrelid::regclass::text, pg_get_indexdef(indexrelid) from pg_index
			where indrelid in (${ours}) and indisunique and not exists (select from pg_constraint where conindid = indexrelid and contype in ('p', 'u', 'x'))`),
		triggers: await of(`
			select tgrelid::regclass::text as table, tgname::text as name, concat_ws(' ', pg_get_triggerdef(oid), tgenabled) as is
			from pg_trigger where tgrelid in (${ours}) and not tgisinternal`),
		policies: await of(
			`select tablename::text as table, policyname::text as name, concat_ws(' ', permissive, cmd, array_to_string(roles, ','), '|', qual, '|', with_check) as is
			from pg_policies where schemaname = 'public'
			union all select oid::regclass::text, 'forced', 'RESTRICTIVE for everybody' from pg_class where oid in (${ours}) and relforcerowsecurity`,
			({ is }) => `${is.split(' ').slice(0, 3).join(' ')} ${digest(is)}`
		),
		rights: await of(`
			select coalesce(nullif(grantee, 0)::regrole::text, 'everybody') as table, object as name, string_agg(lower(privilege_type), ' ' order by privilege_type) as is from (
				select oid::regclass::text as object, (aclexplode(relacl)).* from pg_class where oid in (${ours})
				union all select attrelid::regclass || '.' || attname, (aclexplode(attacl)).* from pg_attribute where attrelid in (${ours})
				union all select oid::regprocedure::text, (aclexplode(coalesce(proacl, acldefault('f', proowner)))).* from pg_proc where pronamespace = 'public'::regnamespace
			) x where grantee <> 'ponctuel_owner'::regrole group by 1, 2`),
		functions: (
			await of(
				`select '' as table, oid::regprocedure::text as name, pg_get_functiondef(oid) as is from pg_proc where pronamespace = 'public'::regnamespace`,
				({ is }) => digest(is)
			)
		)['']!
	};
}

const wordsOf = (rule: string): string[] | null =>
	/^CHECK \(\(\w+ = ANY \(ARRAY\[.*\]\)\)\)$/.test(rule)
		? [...rule.matchAll(/'((?:[^']|'')*)'/g)].map(([, word]) => word!)
		: null;
function changed(what: string, was: string, is: string): string {
	const [before, after] = [wordsOf(was), wordsOf(is)];
	if (!before || !after) return `${what} was “${was}” and is “${is}”`;
	const lost = before.filter((word) => !after.includes(word));
	return lost.length
		? `${what} refuses what it writes: ${lost.join(', ')}`
		: `${what} lets in words that it does not know: ${after.filter((word) => !before.includes(word)).join(', ')}`;
}
/** Each in one sentence: what the version that runs would trip over, on the tables of the next one. Nothing of what the next one only adds for itself. */
export function whatItTripsOver(running: Version, next: Version): string[] {
	const problems: string[] = [];
	const tables = Object.keys(running.columns);
	const compare = (
		kind: 'columns' | 'rules' | 'triggers' | 'policies',
		{ mayGo = () => false, mayCome }: { mayGo?: (was: string) => boolean; mayCome: (is: string) => boolean }
	): void => {
		const word = { columns: 'column', rules: 'rule', triggers: 'trigger', policies: 'policy' }[kind];
		for (const table of tables.filter((one) => next.columns[one])) {
			const [before, after] = [running[kind][table] ?? {}, next[kind][table] ?? {}];
			for (const [name, was] of Object.entries(before)) {
				const is = after[name];
				if (is === undefined) {
					if (!mayGo(was)) problems.push(`${word} ${table}.${name} is gone`);
				} else if (is !== was) problems.push(changed(`${word} ${table}.${name}`, was, is));
			}
			for (const [name, is] of Object.entries(after))
				if (before[name] === undefined && !mayCome(is))
					problems.push(`${word} ${table}.${name} is new, and it does not know it: ${is}`);
		}
	};
	for (const table of tables) if (!next.columns[table]) problems.push(`table ${table} is gone`);
	compare('columns', { mayCome: (is) => !/ not null$/.test(is) });
	compare('rules', { mayGo: (was) => was.startsWith('FOREIGN KEY'), mayCome: () => false });
	compare('triggers', { mayCome: () => false });
	compare('policies', { mayCome: (is) => is.startsWith('PERMISSIVE') });
	for (const [login, objects] of Object.entries(running.rights))
		for (const [object, had] of Object.entries(objects)) {
			const has = next.rights[login]?.[object]?.split(' ') ?? [];
			const lost = had.split(' ').filter((right) => !has.includes(right));
			// Of what is gone itself, that is told already.
			const [table = '', column] = object.split('.');
			const after = next.columns[table];
			const isGone = running.columns[table] && (!after || (column && !after[column]));
			if (lost.length && !isGone) problems.push(`${login} may no more ${lost.join(', ')} ${object}`);
		}
	for (const [name, was] of Object.entries(running.functions))
		if (next.functions[name] !== was)
			problems.push(`function ${name} ${next.functions[name] ? 'is another' : 'is gone'}`);
	// A row that something new refers to can't be deleted any more.
	const deleted = new Set(
		Object.values(running.rights).flatMap((objects) =>
			Object.keys(objects).filter((object) => objects[object]!.includes('delete'))
		)
	);
	for (const [table, rules] of Object.entries(next.rules))
		for (const [name, rule] of running.columns[table] ? [] : Object.entries(rules)) {
			const to = /^FOREIGN KEY .* REFERENCES (\w+)\(/.exec(rule)?.[1];
			if (to && deleted.has(to) && !/ON DELETE (CASCADE|SET)/.test(rule))
				problems.push(`rule ${table}.${name} keeps rows of ${to}, which it deletes`);
		}
	return problems;
}
