// What is written in the log holds nothing that opens a door or names an account, wherever an error brings it.
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RequestEvent } from '@sveltejs/kit';
import { afterAll, afterEach, expect, test } from 'vitest';
import { reportError } from '#lib/server/http/request-log.ts';
import { newId } from '#lib/server/identity.ts';
import { openLog } from '#lib/server/log.ts';

const TOKEN = 'aB3_dE5-gH7jK9mN1pQ3sT5vW7yZ9bC1eF3hJ5kL7nP';
const holder = globalThis as unknown as { ponctuelHouse?: Promise<unknown> };
afterEach(() => void delete holder.ponctuelHouse);
const folder = mkdtempSync(path.join(tmpdir(), 'ponctuel-log-'));
afterAll(() => rmSync(folder, { recursive: true }));
/** A log, and what it wrote. */
function aLog() {
	const file = path.join(folder, newId());
	const log = openLog('info', openSync(file, 'w'));
	return { log, lines: () => readFileSync(file, 'utf8').split('\n').filter(Boolean) };
}

const SECRETS: [string, string][] = [
	['the token of a pay link', `Failed to decode URI: /p/${TOKEN}%`],
	['the token of a sign-in link', `/connexion/${TOKEN}`],
	['an account', 'payee FR76 3000 6000 0112 3456 7890 189 refused'],
	['a key of Stripe’s', `Invalid API Key provided: sk_live_${'51abcDEF'}`],
	['the webhook secret', 'signed with whsec_51abcDEF'],
	['the secret of a payment', 'No such client secret: pi_3abc_secret_51abcDEF']
];
test.each(SECRETS)('%s does not get in by the message of an error, its cause or its stack', (_name, said) => {
	const { log, lines } = aLog();
	const cause = Object.assign(new Error(said), { code: 'X' });
	log.error({ err: Object.assign(new Error(said), { cause }) }, 'request failed');
	expect(lines()).toHaveLength(1);
	expect(lines()[0]).toContain('request failed');
	expect(lines()[0]).not.toMatch(/aB3_dE5|3000 6000|51abcDEF/);
});
test('the values of a query that PostgreSQL refused do not get in', () => {
	const { log, lines } = aLog();
	log.error({ err: new Error('Failed query: insert into contact values ($1)\nparams: paul@roche.example') }, 'x');
	expect(lines()[0]).toContain('insert into contact');
	expect(lines()[0]).not.toContain('roche.example');
});
test('nor do tokens, addresses, accounts, cookies and keys that somebody logs by their names', () => {
	const { log, lines } = aLog();
	const secret = 'not-for-the-log';
	log.info({ row: { token: secret, email: secret, iban: secret }, cookie: secret, authorization: secret }, 'x');
	expect(lines()[0]).toContain('[cut]');
	expect(lines()[0]).not.toContain(secret);
});
test('what is wrong with a request is no error of ours: whoever is woken by errors sleeps on', async () => {
	const { log, lines } = aLog();
	holder.ponctuelHouse = Promise.resolve({ services: { log } });
	const event = { locals: { requestId: 'r' }, route: { id: '/x' } } as unknown as RequestEvent;
	const told = (status: number) => reportError({ error: new Error('x'), event, status, message: 'm' });
	expect(await told(404)).toEqual({ message: 'm' });
	expect(lines()).toEqual([]);
	expect(await told(500)).toEqual({ message: 'm', requestId: 'r' });
	expect(lines()).toHaveLength(1);
});
