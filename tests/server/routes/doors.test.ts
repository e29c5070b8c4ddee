// Every door of the house, found in src/routes, tried by everybody: the right answers are in answers.ts. Somebody else's id answers as one that does not
// exist, what is refused changes nothing, no foreign page acts in a person's name, and nobody is sent to another site.
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId, newSecret } from '#lib/server/identity.ts';
import { askEndpoint } from '../../setup/routes.ts';
import { PROOFS } from './proofs.ts';
import { ANSWERS, WHO } from './answers.ts';
import { ask, at, bodyOf, closeStage, inOrder, openStage, ORIGIN, PREPARE, verdict, verdictOf } from './stage.ts';

beforeAll(openStage);
afterAll(closeStage);

/** All that the database holds, but for what notes that somebody asked: those tables, and when a key was last used. */
const NOTED = ['rate_limit', 'security_event', 'session', 'sign_in_request'];
async function fingerprint(): Promise<Record<string, string>> {
	const superuser = postgres(at.house.databaseUrl, { max: 1, onnotice: () => {} });
	const tables = await superuser<
		{ name: string }[]
	>`select tablename as name from pg_tables where schemaname = 'public'`;
	const sums: Record<string, string> = {};
	for (const { name } of tables.filter((table) => !NOTED.includes(table.name))) {
		const [row] = await superuser.unsafe(
			`select md5(coalesce(string_agg(x.row, '|' order by x.row), '')) as sum from (select (to_jsonb(t) - '{last_used_at,last_used_address}'::text[])::text as row from "${name}" t) x`
		);
		sums[name] = row!.sum as string;
	}
	await superuser.end();
	return sums;
}

test('every route and every action of src/routes has its right answer in the table, and the table names no other', () => {
	expect(at.endpoints.map((endpoint) => endpoint.name).filter((name) => !(name in ANSWERS))).toEqual([]);
	const found = new Set(at.endpoints.map((endpoint) => endpoint.name));
	expect(Object.keys(ANSWERS).filter((name) => !found.has(name))).toEqual([]);
	expect(at.endpoints.length).toBeGreaterThan(100);
});
describe('who may not', () => {
	test('is refused as the table says, as for an id that nobody has; and nothing has changed', async () => {
		const before = await fingerprint();
		const wrong: string[] = [];
		for (const endpoint of inOrder())
			await Promise.all(
				WHO.filter((who) => verdict(endpoint, who) !== 'in').map(async (who) => {
					const [right, fresh] = [verdict(endpoint, who), newId()];
					const real = await ask(endpoint, who, { fresh });
					const unknown = await ask(endpoint, who, { real: false, fresh });
					const got = verdictOf(real);
					if (got !== right) wrong.push(`${endpoint.name} by ${who}: ${got}, not ${right}`);
					const [said, saidOfUnknown] = [await bodyOf(real), await bodyOf(unknown)];
					// Read-only members are told that they may not, whatever it is about.
					if (said !== saidOfUnknown && right !== 403)
						wrong.push(`${endpoint.name} by ${who}: ${said} is told apart from ${saidOfUnknown}`);
				})
			);
		expect(wrong).toEqual([]);
		expect(await fingerprint()).toEqual(before);
	});
	test('acts by no page of another site: whatever Origin it sends, or none with a form', async () => {
		const before = await fingerprint();
		const wrong: string[] = [];
		for (const endpoint of inOrder()) {
			if (endpoint.method === 'GET' || /^\/(api|webhooks)\//.test(endpoint.path)) continue;
			const isForm = ANSWERS[endpoint.name]!.json === undefined;
			const who = (['contact', 'owner', 'link'] as const).find((one) => verdict(endpoint, one) === 'in') ?? 'nobody';
			for (const origin of [
				'https://evil.example',
				'null',
				`${ORIGIN}.evil.example`,
				`${ORIGIN}0`,
				...(isForm ? [null] : [])
			]) {
				const { status } = await ask(endpoint, who, { origin });
				if (status !== 403) wrong.push(`${endpoint.name} from ${origin} by ${who}: ${status}`);
			}
		}
		expect(wrong).toEqual([]);
		expect(await fingerprint()).toEqual(before);
	});
});
test('who may gets in, everywhere', async () => {
	const wrong: string[] = [];
	for (const endpoint of inOrder())
		for (const who of WHO.filter((one) => verdict(endpoint, one) === 'in').slice(
			0,
			ANSWERS[endpoint.name]!.spent && 1
		)) {
			await PREPARE[endpoint.name]?.();
			const response = await ask(endpoint, who);
			const got = verdictOf(response);
			if (got === 404 && ANSWERS[endpoint.name]!.absent) continue;
			if (got !== 'in') wrong.push(`${endpoint.name} by ${who}: ${got} ${(await response.text()).slice(0, 200)}`);
			else await response.body?.cancel();
		}
	expect(wrong).toEqual([]);
});

test('what is no page loads nothing', async () => {
	const endpoint = at.endpoints.find(({ name }) => name === 'GET /health/live')!;
	const { headers } = await askEndpoint(endpoint, { origin: ORIGIN, params: {}, headers: {} });
	expect(headers.get('content-security-policy')).toMatch(/^default-src 'none';.*form-action 'none'/);
});

describe('what can’t be taken back, opens a door or moves money’s way', () => {
	const forms = () => at.endpoints.filter(({ name, method }) => method === 'POST' && name.startsWith('POST /admin'));
	test('is known for every form of the supplier’s area: it asks for a fresh proof, or there is a reason why not', () => {
		const names = forms().map(({ name }) => name);
		expect(names.filter((name) => !(name in PROOFS))).toEqual([]);
		expect(Object.keys(PROOFS).filter((name) => !names.includes(name))).toEqual([]);
		expect(names.length).toBeGreaterThan(45);
	});
	test('asks an owner whose last proof is an hour old, and leads to it; nothing else does', async () => {
		const wrong: string[] = [];
		for (const endpoint of inOrder().filter(({ name }) => name in PROOFS)) {
			const proof = PROOFS[endpoint.name]!;
			if (proof.startsWith('sometimes')) continue;
			const answer = await ask(endpoint, 'owner', { by: at.unproven });
			const isAsked =
				answer.headers.get('location') === '/admin/confirmer' || /"proof_needed"/.test(await answer.clone().text());
			if (endpoint.path.startsWith('/admin/confirmer')) continue;
			if (isAsked !== (proof === 'asks')) wrong.push(`${endpoint.name}: ${answer.status} ${isAsked}, ${proof}`);
		}
		expect(wrong).toEqual([]);
	});
});

describe('nobody is sent to another site', () => {
	const HOSTILE = [
		'https://evil.example/',
		'//evil.example',
		'/\\evil.example',
		'\\\\evil.example',
		'/%09/evil.example',
		'/\t/evil.example',
		'/portail//evil.example@evil.example',
		'/portail\\@evil.example',
		'/portail.evil.example',
		'/admin:443',
		'javascript:alert(1)',
		'/portail?x=//evil.example#',
		' /portail',
		'/portail\r\nlocation: https://evil.example',
		'@evil.example',
		'.evil.example'
	];
	const named = (name: string) => at.endpoints.find((endpoint) => endpoint.name === name)!;
	const isOurs = (location: string | null): boolean =>
		location !== null && new URL(location, ORIGIN).origin === ORIGIN && !/[\r\n\t]/.test(location);
	test('by the way back of the language', async () => {
		const back = async (retour: string) =>
			(
				await askEndpoint(named('POST /langue'), {
					origin: ORIGIN,
					params: {},
					headers: { origin: ORIGIN },
					body: new URLSearchParams({ langue: 'fr', retour })
				})
			).headers.get('location');
		for (const retour of HOSTILE) expect(isOurs(await back(retour)), `${retour} → ${await back(retour)}`).toBe(true);
		expect(await back('/portail/payer?facture=1')).toBe('/portail/payer?facture=1');
		expect(await back(`/${'a'.repeat(600)}`), 'nobody makes us send megabytes').toBe('/');
	});
	test('by the page to go to after signing in', async () => {
		const next = async (suite: string) => {
			const query = `?suite=${encodeURIComponent(suite)}`;
			return (await (
				await askEndpoint(named('GET /connexion'), { origin: ORIGIN, params: {}, query, headers: {} })
			).json()) as [{ next: string | null }];
		};
		for (const suite of HOSTILE) expect((await next(suite)).at(-1)!.next, suite).toBeNull();
		expect((await next('/admin/factures')).at(-1)!.next).toBe('/admin/factures');
	});
	test('by signing in with a code, whatever the form says', async () => {
		for (const [i, suite] of [
			'//evil.example',
			'/admin.evil.example',
			'/admin\\@evil.example',
			'/admin/liens'
		].entries()) {
			const headers = { origin: ORIGIN, cookie: `ponctuel_browser=${newSecret()}` };
			const address = `192.0.2.${50 + i}`;
			const post = (name: string, form: Record<string, string>) =>
				askEndpoint(named(name), { origin: ORIGIN, params: {}, headers, address, body: new URLSearchParams(form) });
			await post('POST /connexion?/demander', { email: 'accountant@lumen.example' });
			await at.house.drain();
			const mail = at.house.world.mailbox.mails.filter((one) => one.to.includes('accountant@lumen.example')).at(-1)!;
			const code = /^(\d{3}) ?(\d{3})$/m.exec(mail.text)!.slice(1).join('');
			const signed = await post('POST /connexion?/code', { email: 'accountant@lumen.example', code, next: suite });
			expect([signed.status, signed.headers.get('location')], suite).toEqual([
				303,
				suite === '/admin/liens' ? '/admin/liens' : '/admin'
			]);
		}
	});
	test('by the cookie that knows the way back from a bank', async () => {
		const attemptId = newId();
		const back = (cookie: string, of = attemptId) =>
			askEndpoint(named('GET /retour/[attemptId]'), {
				origin: ORIGIN,
				params: { attemptId },
				headers: { cookie: `ponctuel_back_${of}=${cookie}` }
			});
		for (const hostile of HOSTILE.filter((one) => !/[\r\n\t]/.test(one)))
			expect((await back(hostile)).headers.get('location'), hostile).toBeNull();
		expect((await back('/portail')).headers.get('location')).toBe('/portail');
		// Nor by that of another payment, in another tab.
		expect((await back('/portail', newId())).headers.get('location')).toBeNull();
	});
});
