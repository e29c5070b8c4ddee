// Starts the bundled PostgreSQL when DATABASE_URL is not set.
import { fork } from 'node:child_process';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
export const freePort = (): Promise<number> =>
	new Promise((ok, ko) => {
		const s = net.createServer();
		s.once('error', ko).listen(0, '127.0.0.1', () => {
			const { port } = s.address() as net.AddressInfo;
			s.close(() => ok(port));
		});
	});
export type Embedded = {
	url: (db: string) => string;
	port: number;
	create: (db: string) => Promise<void>;
	stop: () => Promise<void>;
};
export async function embedded(o: { dir: string; port?: number; persistent?: boolean }): Promise<Embedded> {
	const port = o.port ?? (await freePort());
	const arg = JSON.stringify({ dir: path.resolve(o.dir), port, persistent: o.persistent ?? true });
	const child = fork(fileURLToPath(new URL('./postgres-child.ts', import.meta.url)), [arg], {
		detached: true,
		stdio: ['ignore', 'ignore', 'ignore', 'ipc']
	});
	const gone = new Promise<number | null>((ok) => child.once('exit', ok));
	await new Promise<void>((ok, ko) => {
		child.once('message', (m: { ready?: true; error?: string }) => (m.ready ? ok() : ko(new Error(m.error))));
		void gone.then((c) => ko(new Error(`PostgreSQL ended early (${c})`)));
	});
	const url = (db: string) => `postgres://postgres:postgres@127.0.0.1:${port}/${db}`;
	const create = async (db: string) => {
		const sql = postgres(url('postgres'), { max: 1, onnotice: () => {} });
		try {
			if (!(await sql`select 1 from pg_database where datname = ${db}`).length)
				await sql.unsafe(`create database "${db}"`);
		} finally {
			await sql.end();
		}
	};
	return {
		url,
		port,
		create,
		stop: async () => {
			if (child.connected) child.send('stop');
			await gone;
		}
	};
}
