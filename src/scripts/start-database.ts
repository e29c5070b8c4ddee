// The database of a start: the bundled PostgreSQL unless DATABASE_URL names one, migrated. What can't be used is said in one sentence.
import { createHash } from 'node:crypto';
import { chmodSync, statSync } from 'node:fs';
import path from 'node:path';
import { embedded } from './embedded-postgres.ts';
import { migrateDatabase } from './migrate.ts';
import { StartProblem } from './start-problem.ts';

type Options = { dataDir: string; persistent?: boolean };

/** Its address; how to stop it goes to `undo`. */
export async function database(options: Options, undo: (() => unknown)[]): Promise<string> {
	if (process.env.DATABASE_URL) {
		if (!/^postgres(ql)?:\/\//.test(process.env.DATABASE_URL))
			throw new StartProblem('DATABASE_URL must look like postgres://user:password@host:5432/name');
		return process.env.DATABASE_URL;
	}
	const folder = postgresFolder(options.dataDir);
	try {
		const server = await embedded({ dir: folder, persistent: options.persistent ?? true });
		undo.push(server.stop);
		await server.create('ponctuel');
		return server.url('ponctuel');
	} catch (error) {
		const reason =
			String((error as Error).message)
				.split('\n')
				.map((line) => line.trim())
				.findLast((line) => /FATAL|PANIC|ERROR|could not|invalid|No space/i.test(line)) ?? 'it ended at once';
		throw new StartProblem(
			`PostgreSQL can't open ${folder}: ${reason}. If the folder is damaged, put the data aside (mv ${options.dataDir} ${options.dataDir}.old${folder.startsWith(options.dataDir) ? '' : `; mv ${folder} ${folder}.old`}) and start again: the demo is made anew.`
		);
	}
}

/**
 * PostgreSQL refuses to run as root and then runs as its own user, who must be able to walk to its files. Our own folder is opened for
 * walking; below a closed one (/root, say) the files go to /var/tmp under a name derived from the data folder.
 */
function postgresFolder(dataDir: string): string {
	if (process.getuid?.() !== 0) return path.join(dataDir, 'postgres');
	chmodSync(dataDir, statSync(dataDir).mode | 0o011);
	const closed = (folder: string): boolean =>
		(statSync(folder).mode & 0o001) === 0 || (path.dirname(folder) !== folder && closed(path.dirname(folder)));
	if (!closed(path.dirname(dataDir))) return path.join(dataDir, 'postgres');
	return path.join('/var/tmp', `ponctuel-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`);
}

export async function migrate(url: string): Promise<void> {
	try {
		await migrateDatabase(url);
	} catch (error) {
		const { code, message, cause } = error as Error & { code?: string; cause?: Error & { code?: string } };
		const where = url.replace(/\/\/[^@/]*@/, '//…@');
		const why = (cause?.code ?? code) === 'ECONNREFUSED' ? 'nothing answers there' : (cause?.message ?? message);
		throw new StartProblem(
			`DATABASE_URL (${where}) can't be used: ${why}. Check host, name, user and password, and that the user may create roles.`
		);
	}
}
