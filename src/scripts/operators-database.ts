// What the operator asks from the command line (runbook): the database as the queues see it, with one sentence when it can't be reached. No other setting
// of the product is needed: a look at a log must not fail for a key of Stripe.
import { openDatabase, type Database } from '#lib/server/store/database.ts';

export async function lookInto(show: (db: Database) => Promise<void>): Promise<void> {
	const url = process.env.DATABASE_URL_SYSTEM || process.env.DATABASE_URL;
	if (!url)
		return fail('DATABASE_URL_SYSTEM or DATABASE_URL is missing: the address the product itself uses, of postgres://…');
	const db = openDatabase({ app: url, system: url }, { connections: 1 });
	try {
		await show(db);
	} catch (error) {
		const { cause, message } = error as Error & { cause?: Error };
		fail(`The database can't be read: ${cause?.message ?? message}`);
	} finally {
		await db.close();
	}
}
function fail(sentence: string): void {
	console.error(sentence);
	process.exitCode = 1;
}
