// The database of a start: the bundled PostgreSQL unless DATABASE_URL names one, migrated. What can't be used is said in one sentence.
import path from 'node:path';
import { embedded } from './embedded-postgres.ts';
import { migrateDatabase } from './migrate.ts';
import { StartProblem } from './start-problem.ts';

type Options = { dataDir: string; persistent?: boolean };

/** Its address, and a word where its files are not in the data folder; how to stop it goes to `undo`. */
export async function database(
	options: Options,
	undo: (() => unknown)[]
): Promise<{ url: string; elsewhere: string | null }> {
	if (process.env.DATABASE_URL) {
		if (!/^postgres(ql)?:\/\//.test(process.env.DATABASE_URL))
			throw new StartProblem('DATABASE_URL must look like postgres://user:password@host:5432/name');
		return { url: process.env.DATABASE_URL, elsewhere: null };
	}
	const server = await embedded({
		dir: path.join(options.dataDir, 'postgres'),
		persistent: options.persistent ?? true
	});
	undo.push(server.stop);
	await server.create('ponctuel');
	const elsewhere = server.data.startsWith(options.dataDir)
		? null
		: `The database is kept in ${server.data}: PostgreSQL does not run as root, and its user can't enter ${options.dataDir}.`;
	return { url: server.url('ponctuel'), elsewhere };
}

export async function migrate(url: string): Promise<void> {
	try {
		await migrateDatabase(url);
	} catch (error) {
		const { code, message, cause } = error as Error & { code?: string; cause?: Error & { code?: string } };
		const why = (cause?.code ?? code) === 'ECONNREFUSED' ? 'nothing answers there' : (cause?.message ?? message);
		if (!process.env.DATABASE_URL) throw new StartProblem(`The database could not be brought up to date: ${why}`);
		const where = url.replace(/\/\/[^@/]*@/, '//…@');
		throw new StartProblem(
			`DATABASE_URL (${where}) can't be used: ${why}. Check host, name, user and password, and that the user may create roles.`
		);
	}
}
