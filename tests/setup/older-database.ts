// Databases as an older version left them: some migrations behind, with rows of then, as the owner of the tables (who is not above row-level security).
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import { inject } from 'vitest';
import { newId } from '#lib/server/identity.ts';

export type OlderDatabase = { sql: postgres.Sql; url: string; name: string };
export type OlderDatabases = {
	/** As it was before a migration, named by its number. */
	olderThan(migration: string): Promise<OlderDatabase>;
	/** Not behind at all, and empty. */
	ofToday(): Promise<OlderDatabase>;
	/** The same rows once more. Nobody may be connected to the first. */
	copyOf(database: OlderDatabase): Promise<OlderDatabase>;
	close(): Promise<void>;
};
/** When everything of then was written. */
export const THEN = '2026-09-01T10:00:00Z';
/** A supplier and a client of it, in columns that every version has. `kind`: the first versions know no `unknown`, later ones ask who said another. */
export async function aSupplierOfThen(
	sql: postgres.Sql,
	{ account = null, kind = 'unknown' }: { account?: string | null; kind?: 'business' | 'unknown' } = {}
): Promise<{ supplierId: string; clientId: string }> {
	const [supplierId, clientId] = [newId(), newId()];
	await sql`insert into supplier ${sql({
		supplier_id: supplierId,
		slug: supplierId,
		name: 'Lumen',
		legal_name: 'LUMEN',
		address: sql.json({ lines: [], postalCode: '69001', town: 'Lyon', country: 'FR' }),
		contact_name: 'Claire',
		contact_email: 'c@lumen.example',
		brand_hue: 165,
		stripe_account: account,
		time_zone: 'Europe/Paris',
		default_terms_days: 30,
		created_at: THEN
	})}`;
	await sql`insert into client (supplier_id, client_id, kind, name, locale, created_at) values (${supplierId}, ${clientId}, ${kind}, 'Roche', 'fr', ${THEN})`;
	return { supplierId, clientId };
}
type Journal = { entries: { idx: number; when: number; tag: string }[] };

export function openOlderDatabases(): OlderDatabases {
	const template = inject('template');
	const admin = postgres(template.replace(/\/[^/]+$/, '/postgres'), { max: 1, onnotice: () => {} });
	const opened: OlderDatabase[] = [];
	const connect = (url: string) =>
		postgres(url, { max: 1, onnotice: () => {}, connection: { 'ponctuel.migrating': 'on' } as never });
	const open = async (how: string): Promise<OlderDatabase> => {
		const name = `old_${process.pid}_${opened.length}_${Math.floor(Math.random() * 1e6)}`;
		await admin.unsafe(`create database ${name} ${how} owner ponctuel_owner`);
		const url = template.replace(/\/[^/]+$/, `/${name}?role=ponctuel_owner`);
		const database = { sql: connect(url), url, name };
		opened.push(database);
		return database;
	};
	return {
		olderThan: async (migration) => {
			const database = await open('');
			const folder = migrationsUntil(migration);
			// By the migrator that brought them up then, on a connection of its own: Drizzle changes how values are read.
			const migrating = connect(database.url);
			await migrate(drizzle(migrating), { migrationsFolder: folder });
			await migrating.end();
			rmSync(folder, { recursive: true });
			return database;
		},
		ofToday: () => open('template template_ponctuel'),
		copyOf: async ({ name }) => {
			await admin`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name}`;
			return open(`template ${name}`);
		},
		close: async () => {
			for (const { sql, name } of opened) {
				await sql.end();
				await admin.unsafe(`drop database ${name} with (force)`);
			}
			await admin.end();
		}
	};
}

/** Those before it, in a folder of their own. */
function migrationsUntil(migration: string): string {
	const folder = mkdtempSync(path.join(tmpdir(), 'ponctuel-migrations-'));
	cpSync('drizzle', folder, { recursive: true });
	rewrite(folder, (journal) => ({ ...journal, entries: journal.entries.filter(({ tag }) => tag < migration) }));
	return folder;
}
/** All there are, and more. */
export function migrationsAnd(more: Record<string, string>): string {
	const folder = mkdtempSync(path.join(tmpdir(), 'ponctuel-migrations-'));
	cpSync('drizzle', folder, { recursive: true });
	for (const [tag, text] of Object.entries(more)) {
		writeFileSync(path.join(folder, `${tag}.sql`), text);
		rewrite(folder, ({ entries, ...journal }) => {
			const last = entries.at(-1)!;
			return { ...journal, entries: [...entries, { ...last, idx: last.idx + 1, when: last.when + 1, tag }] };
		});
	}
	return folder;
}
function rewrite(folder: string, change: (journal: Journal) => Journal): void {
	const file = path.join(folder, 'meta/_journal.json');
	writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')) as Journal)));
}
