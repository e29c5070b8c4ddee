// Whether the product's logins are only what they should be. A login that owns the tables undoes every wall inside the database by `set role none`.
import { sql } from 'drizzle-orm';
import type { Database } from './database.ts';

/** What each login could do besides being its role, one sentence a login; none when all is well. */
export async function listLoginProblems(db: Database): Promise<string[]> {
	const problems: string[] = [];
	for (const [queries, role] of [
		[db.app, 'ponctuel_app'],
		[db.system, 'ponctuel_system']
	] as const) {
		const [login] = await queries.execute<{ name: string; above: boolean; owns: boolean; others: string[] }>(sql`
			select session_user as name, r.rolsuper or r.rolbypassrls or r.rolcreaterole as above,
				exists (select from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and pg_has_role(session_user, c.relowner, 'member')) as owns,
				array(select g.rolname::text from pg_roles g where g.rolname not in (session_user, ${role}) and pg_has_role(session_user, g.oid, 'member') order by 1) as others
			from pg_roles r where r.rolname = session_user`);
		if (!login) continue;
		if (login.above || login.owns)
			problems.push(`${login.name} (used as ${role}) owns the tables or stands above row-level security`);
		else if (login.others.length)
			problems.push(`${login.name} (used as ${role}) may become ${login.others.join(', ')} too`);
	}
	return problems;
}

/** What an administrator of the database server runs once, where the start may not create roles itself. */
export const LOGINS_SQL = `create role ponctuel_web login noinherit password 'one of your own';
grant ponctuel_app to ponctuel_web;
create role ponctuel_jobs login noinherit password 'another';
grant ponctuel_system to ponctuel_jobs;`;
