// Before anything is served: nobody is logged in to the database who could take down its walls.
import type { Services } from './services.ts';
import { listLoginProblems, LOGINS_SQL } from './store/logins.ts';

/** @throws Error with the cure where money is real; elsewhere it is said in the log. */
export async function checkLogins({ db, config, log }: Pick<Services, 'db' | 'config' | 'log'>): Promise<void> {
	const problems = await listLoginProblems(db);
	if (!problems.length) return;
	const text = `The product would log in to its database as somebody it must not be: ${problems.join('; ')}. Start it with "npm start", which makes two logins by itself where the one in DATABASE_URL may create roles; or run this once as an administrator of the database server, and give the first login in DATABASE_URL, the second in DATABASE_URL_SYSTEM, and the one you have now in DATABASE_URL_MIGRATE:\n${LOGINS_SQL}`;
	if (config.stripe.live) {
		await db.close();
		throw new Error(text);
	}
	log.warn(text);
}
