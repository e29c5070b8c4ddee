// The two logins the product uses, made by the login that owns the tables: each may become one role, and that role owns nothing (decision 0025).
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import postgres from 'postgres';

/** Where the product connects: pages and use cases by the first, queues and ways in by the second. */
export type Logins = { app: string; system: string };

const ROLES = { app: 'ponctuel_app', system: 'ponctuel_system' } as const;

/**
 * Made when they are not there, or when `secret` is another than it was. A login is of one database: two installations on one server do not share it.
 * @throws the error of PostgreSQL when `owner` may not create roles
 */
export async function openLogins(owner: string, secret: string): Promise<Logins> {
	const logins = { app: '', system: '' };
	const missing: { role: string; name: string; password: string }[] = [];
	for (const kind of ['app', 'system'] as const) {
		const url = new URL(owner);
		const name = `${ROLES[kind]}_at_${decodeURIComponent(url.pathname.slice(1)) || decodeURIComponent(url.username)}`;
		const password = createHmac('sha256', secret).update(`database login ${name}`).digest('base64url');
		url.username = encodeURIComponent(name);
		url.password = password;
		logins[kind] = url.href;
		if (!(await opens(url.href, ROLES[kind]))) missing.push({ role: ROLES[kind], name, password });
	}
	if (missing.length) await make(owner, missing);
	return logins;
}

async function opens(url: string, role: string): Promise<boolean> {
	const sql = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 10, connection: { role } as never });
	try {
		await sql`select 1`;
		return true;
	} catch {
		return false; // Whatever the reason, making it says it better.
	} finally {
		await sql.end({ timeout: 5 });
	}
}

async function make(owner: string, logins: { role: string; name: string; password: string }[]): Promise<void> {
	const sql = postgres(owner, { max: 1, onnotice: () => {}, connect_timeout: 10 });
	try {
		await sql.begin(async (tx) => {
			// Copies that start together wait for each other.
			await tx`select pg_advisory_xact_lock(727002)`;
			for (const { role, name, password } of logins) {
				const [known] = await tx`select from pg_roles where rolname = ${name}`;
				const login = `"${name.replaceAll('"', '""')}"`;
				await tx.unsafe(
					known
						? `alter role ${login} login password '${verifier(password)}'`
						: `create role ${login} login noinherit nocreaterole nocreatedb password '${verifier(password)}'`
				);
				await tx.unsafe(`grant ${role} to ${login} with inherit false, set true, admin false`);
			}
		});
	} finally {
		await sql.end({ timeout: 5 });
	}
}

/** What PostgreSQL keeps of a password (RFC 5803): the password itself never travels, nor stands in a log of statements. */
function verifier(password: string): string {
	const [iterations, salt] = [4096, randomBytes(16)];
	const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
	const key = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
	const stored = createHash('sha256').update(key('Client Key')).digest('base64');
	return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${stored}:${key('Server Key').toString('base64')}`;
}
