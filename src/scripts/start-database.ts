// The database of a start: the bundled PostgreSQL unless DATABASE_URL names one, migrated, with logins for the product that own nothing.
// What can't be used is said in one sentence.
import path from 'node:path';
import { WrongAfterUpgrade } from './after-checks.ts';
import { openLogins, type Logins } from './database-logins.ts';
import { embedded } from './embedded-postgres.ts';
import { migrateDatabase } from './migrate.ts';
import { OldRows } from './old-rows.ts';
import { StartProblem } from './start-problem.ts';

type Options = { dataDir: string; persistent?: boolean };
export type StartedDatabase = {
	/** Who migrates; the product never learns it. */
	owner: string;
	/** Who may look at every row: the bundled server's superuser, else the owner. For tests and measurements. */
	raw: string;
	/** A word where the files are not in the data folder. */
	elsewhere: string | null;
	/** The bundled server has stopped, asked or not; never for a server of one's own. */
	ended: Promise<void>;
};
const NEVER = new Promise<void>(() => {});

/** How to stop it goes to `undo`. */
export async function database(options: Options, undo: (() => unknown)[]): Promise<StartedDatabase> {
	const { DATABASE_URL, DATABASE_URL_SYSTEM, DATABASE_URL_DIRECT, DATABASE_URL_MIGRATE } = process.env;
	if (DATABASE_URL) {
		const urls = { DATABASE_URL, DATABASE_URL_SYSTEM, DATABASE_URL_DIRECT, DATABASE_URL_MIGRATE };
		for (const [name, url] of Object.entries(urls))
			if (url && !/^postgres(ql)?:\/\//.test(url))
				throw new StartProblem(`${name} must look like postgres://user:password@host:5432/name`);
		// Made logins are unknown to a pool, and the lock of migrations is a session's.
		if (DATABASE_URL_DIRECT && !DATABASE_URL_MIGRATE)
			throw new StartProblem(
				'DATABASE_URL_DIRECT says that a pool stands before the database: then give three logins of your own (runbook), the owner in DATABASE_URL_MIGRATE, past the pool too.'
			);
		const owner = DATABASE_URL_MIGRATE || DATABASE_URL;
		return { owner, raw: owner, elsewhere: null, ended: NEVER };
	}
	const server = await embedded({
		dir: path.join(options.dataDir, 'postgres'),
		persistent: options.persistent ?? true
	});
	undo.push(server.stop);
	const owner = await server.create('ponctuel');
	const elsewhere = server.data.startsWith(options.dataDir)
		? null
		: `The database is kept in ${server.data}: PostgreSQL does not run as root, and its user can't enter ${options.dataDir}.`;
	return { owner, raw: server.url('ponctuel'), elsewhere, ended: server.ended };
}

/** Who the product is there: what is given, else logins made from the owner's; the owner itself only where it may not make any. */
export async function logins(owner: string, secret: string): Promise<Logins> {
	const { DATABASE_URL, DATABASE_URL_SYSTEM, DATABASE_URL_MIGRATE } = process.env;
	if (DATABASE_URL && (DATABASE_URL_MIGRATE || DATABASE_URL_SYSTEM))
		return { app: DATABASE_URL, system: DATABASE_URL_SYSTEM || DATABASE_URL };
	try {
		return await openLogins(owner, secret);
	} catch (error) {
		// The product looks at what it is given, and says it with the cure: it refuses where money is real (wiring.ts).
		console.warn(`  The database login could not make logins for the product: ${(error as Error).message}`);
		return { app: owner, system: owner };
	}
}

export async function migrate(url: string): Promise<void> {
	try {
		await migrateDatabase(url);
	} catch (error) {
		if (error instanceof OldRows || error instanceof WrongAfterUpgrade) throw new StartProblem(error.message);
		const { code, message, cause } = error as Error & { code?: string; cause?: Error & { code?: string } };
		const why = (cause?.code ?? code) === 'ECONNREFUSED' ? 'nothing answers there' : (cause?.message ?? message);
		if (!process.env.DATABASE_URL) throw new StartProblem(`The database could not be brought up to date: ${why}`);
		const where = url.replace(/\/\/[^@/]*@/, '//…@');
		const name = process.env.DATABASE_URL_MIGRATE ? 'DATABASE_URL_MIGRATE' : 'DATABASE_URL';
		throw new StartProblem(
			`${name} (${where}) can't be used: ${why}. Check host, name, user and password, and that the user may create roles.`
		);
	}
}
