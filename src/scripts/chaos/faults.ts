// What goes wrong: at Stripe, on the way of its webhooks, at the mail server, and with processes; each for a while.
import type postgres from 'postgres';
import { ask, pause } from './ask.ts';
import type { Dice } from './dice.ts';
import { KEYS, ROLES, type Stage } from './stage.ts';
import { ACCOUNTS } from './world.ts';

/** Whatever moves or reads money; not the tokens that browsers make. */
const API = '^/v1/(?!test_helpers|confirmation_tokens)';
const MOVES_MONEY = '^/v1/(payment_intents|refunds)$';
type AtStripe = { match: Record<string, unknown>; do: Record<string, unknown> };
const AT_STRIPE: Record<string, (dice: Dice) => AtStripe> = {
	'Stripe slow': (dice) => ({ match: { path: API, times: 4 }, do: { latency_ms: 500 + dice.roll(3000) } }),
	'Stripe down (503)': (dice) => ({ match: { path: API, times: 2 + dice.roll(12) }, do: { status: 503 } }),
	'key refused (401)': (dice) => ({
		match: { path: API, times: 2 + dice.roll(12) },
		do: { status: 401, error: { type: 'invalid_request_error', message: 'Invalid API Key provided: sk_test_****' } }
	}),
	'too many (429)': (dice) => ({ match: { path: API, times: 2 + dice.roll(8) }, do: { status: 429 } }),
	'HTML instead of an answer': (dice) => ({ match: { path: API, times: 1 + dice.roll(4) }, do: { html_502: true } }),
	'answer cut off': (dice) => ({
		match: { method: 'POST', path: API, times: 1 + dice.roll(3) },
		do: { truncate: true }
	}),
	'answer lost': (dice) => ({
		match: { method: 'POST', path: MOVES_MONEY, times: 1 + dice.roll(3) },
		do: { drop: 'after' }
	}),
	'request lost': (dice) => ({ match: { method: 'POST', path: API, times: 1 + dice.roll(3) }, do: { drop: 'before' } }),
	'reading fails (500)': (dice) => ({
		match: { method: 'GET', path: API, times: 1 + dice.roll(6) },
		do: { status: 500 }
	}),
	// A lost answer is asked again, and then the key is refused: what was taken is still taken.
	'answer lost, then 401': () => ({ match: { method: 'POST', path: MOVES_MONEY, times: 1 }, do: { drop: 'after' } })
};
const WEBHOOKS: Record<string, (dice: Dice) => Record<string, unknown>> = {
	'webhooks held': () => ({ hold: true }),
	'webhooks lost for ever': () => ({ drop_forever: true }),
	'webhooks repeated': (dice) => ({ duplicate: 1 + dice.roll(3) }),
	'webhooks shuffled': () => ({ shuffle: true, duplicate: 1 }),
	'webhooks late': (dice) => ({ delay_ms: 500 + dice.roll(4000) }),
	'webhooks with a bad signature': () => ({ bad_signature: true }),
	'webhooks too old': () => ({ old_timestamp: 900 })
};

/** Days go by with them. */
export const FOR_DAYS: readonly string[] = ['key refused for days', 'account refused for days', 'Stripe away for days'];
export const FAULTS: readonly string[] = [
	...Object.keys(AT_STRIPE),
	...Object.keys(WEBHOOKS),
	'mail server slow',
	...FOR_DAYS
];

export async function cause(stage: Stage, dice: Dice, name: string): Promise<void> {
	if (name in AT_STRIPE) {
		const faults = [{ name, ...AT_STRIPE[name]!(dice) }];
		if (name.endsWith('then 401')) faults.push({ name, ...AT_STRIPE['key refused (401)']!(dice) });
		return void (await stage.lever('POST', '/faults', { faults }));
	}
	if (name === 'key refused for days')
		return void (await stage.lever('POST', '/faults', { refusedKeys: [KEYS.secret] }));
	if (name === 'account refused for days')
		return void (await stage.lever('POST', '/faults', { refusedAccounts: [dice.one(ACCOUNTS)] }));
	if (name === 'Stripe away for days')
		return void (await stage.lever('POST', '/faults', {
			faults: [{ name, match: { path: API }, do: { status: 503 } }]
		}));
	if (name in WEBHOOKS) return void (await stage.lever('POST', '/faults', { webhooks: WEBHOOKS[name]!(dice) }));
	await ask(`${stage.mailboxUrl}/delay?ms=${500 + dice.roll(2500)}`);
}
/** All is well again outside; what was held is delivered, what was lost is not. */
export async function calm(stage: Stage): Promise<void> {
	await stage.lever('DELETE', '/faults');
	await ask(`${stage.mailboxUrl}/delay?ms=0`);
}

/**
 * kill -9 between the commit of money and its points: the accounts are held until somebody who follows points waits for one, and then the workers, or PostgreSQL, are
 * gone. null: nobody came by.
 */
export async function killBeforePoints(stage: Stage, sql: postgres.Sql, dice: Dice): Promise<number | null> {
	const victims = dice.one([['worker0', 'worker1'], ['worker0', 'worker1'], ['postgres']] as const);
	const backAfterMs = 200 + dice.roll(1500);
	let dead: number | null = null;
	try {
		await sql.begin(async (held) => {
			await held`select from points_account for update`;
			for (let look = 0; look < 60 && dead === null; look++) {
				const [seen] = await held<{ waits: boolean }[]>`
					select exists (select from due_work where job = 'points')
						and exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock') as waits`;
				if (!seen!.waits) await pause(50);
				else {
					dead = victims.length;
					await Promise.all(victims.map((who) => stage.kill(who, backAfterMs)));
				}
			}
		});
	} catch (error) {
		// The database that was killed held the accounts.
		if (dead === null) throw error;
	}
	return dead;
}

/** kill -9, at any time or while Stripe is thinking. */
export async function killSomebody(stage: Stage, dice: Dice): Promise<string> {
	const who = dice.weighed([...ROLES.map((role) => [3, role] as const), [3, 'postgres'] as const]);
	if (dice.chance(40)) {
		await cause(stage, dice, dice.one(['Stripe slow', 'answer lost', 'mail server slow']));
		await pause(300 + dice.roll(1500));
	}
	await stage.kill(who, 200 + dice.roll(1500));
	return who;
}
