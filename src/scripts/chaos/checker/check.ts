// The independent checker: after everything, what do the books say, and what does the outside world? Its own SQL with the owner's login, the stand-in's own
// books, the mailbox, pages and API as anybody sees them. It imports nothing of the product, nor of the driver (.config/dependency-cruiser.cjs): what is
// wrong there can't be wrong here in the same way.
import postgres from 'postgres';
import { checkClaims } from './claims.ts';
import type { Anomaly, Facts, Outside } from './facts.ts';
import { checkMails } from './mails.ts';
import { checkPages } from './pages.ts';
import { checkPoints } from './points.ts';
import { checkStripe } from './stripe.ts';
import { checkStuck } from './stuck.ts';

export async function check(outside: Outside): Promise<{ anomalies: Anomaly[]; looked: Record<string, number> }> {
	const anomalies: Anomaly[] = [];
	const sql = postgres(outside.owner, {
		max: 1,
		onnotice: () => {},
		types: { bigint: { to: 20, from: [20, 1700], serialize: String, parse: Number } },
		connection: { 'ponctuel.migrating': 'on' } as never
	});
	const facts: Facts = { sql, found: (rule, what) => void anomalies.push({ rule, what }), outside };
	const looked: Record<string, number> = {};
	try {
		for (const rules of [checkStripe, checkClaims, checkPoints, checkStuck, checkMails, checkPages])
			for (const [name, count] of Object.entries(await rules(facts))) looked[name] = (looked[name] ?? 0) + count;
	} finally {
		await sql.end();
	}
	return { anomalies, looked };
}
