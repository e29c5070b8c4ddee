// The security log: what it notes by itself, who may read it, and that nobody fills or changes it.
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mintScope } from '#lib/domain/access/scope.ts';
import { newId } from '#lib/server/identity.ts';
import { duringRequest, type RequestContext } from '#lib/server/request-context.ts';
import { recordAudit } from '#lib/server/store/audits.ts';
import { audit, securityEvent } from '#lib/server/store/schema/index.ts';
import { noteSecurityEvent, whoIs } from '#lib/server/store/security-events.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { createApiKey, endApiKey, listKeys } from '#lib/server/use-cases/access/api-keys.ts';
import { noteRepeatable } from '#lib/server/use-cases/access/note-security.ts';
import { readSecurityLog } from '#lib/server/use-cases/access/read-security-log.ts';
import { purgeExpired } from '#lib/server/use-cases/upkeep/purge-expired.ts';
import { aPayer, aSupplier, type Cast, type Payer } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let other: Cast;
let payer: Payer;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
	other = await aSupplier(house.services, 'acct_canuts', 'Brasserie');
	payer = await aPayer(house.services, cast);
});
afterAll(() => house.close());

const context = (over: Partial<RequestContext> = {}): RequestContext => ({
	requestId: newId(),
	address: '203.0.113.7',
	scope: null,
	refusal: null,
	...over
});
const readAs = async (scope = cast.owner, kind: 'sign_in' | 'key_created' | 'limit_reached' | null = null) => {
	const result = await readSecurityLog(house.services, scope, { kind, before: null });
	return result.ok ? result.value.events : null;
};
const note = (at = house.services.clock.now()) =>
	noteSecurityEvent(house.services.db.system, at, {
		...whoIs(payer.scope),
		kind: 'sign_in',
		detail: { means: 'code' }
	});

describe('the security log', () => {
	test('says who, what, when, from which address and in which request', async () => {
		const asked = context();
		await duringRequest(asked, () => note());
		expect((await readAs(cast.owner, 'sign_in'))![0]).toMatchObject({
			actorKind: 'contact',
			actorName: 'Paul Roche',
			networkAddress: '203.0.113.7',
			requestId: asked.requestId,
			detail: { means: 'code' }
		});
	});
	test('is read by owners alone, and holds nothing of another supplier', async () => {
		await note();
		for (const scope of [
			cast.accountant,
			cast.readOnly,
			payer.scope,
			mintScope(cast.supplierId, { kind: 'api_key', apiKeyId: newId(), scopes: ['read'] })
		])
			expect(await readAs(scope)).toBeNull();
		expect(await readAs(other.owner)).toEqual([]);
		const seenByClient = await inScope(house.services.db, payer.scope, (tx) => tx.select().from(securityEvent));
		expect(seenByClient).toEqual([]);
	});
	test('comes a page at a time, the newest first, and of one kind when asked', async () => {
		for (let i = 0; i < 55; i++) await note();
		const first = await readSecurityLog(house.services, cast.owner, { kind: 'sign_in', before: null });
		if (!first.ok) throw new Error('refused');
		const second = await readSecurityLog(house.services, cast.owner, { kind: 'sign_in', before: first.value.next });
		if (!second.ok) throw new Error('refused');
		const ids = [...first.value.events, ...second.value.events].map((event) => event.securityEventId);
		expect(ids).toEqual([...new Set(ids)].sort().reverse());
		expect(first.value.events).toHaveLength(50);
		expect(new Set(first.value.events.map((event) => event.kind))).toEqual(new Set(['sign_in']));
	});
	test('tells of keys made and revoked, in the transaction that did it', async () => {
		await createApiKey(house.services, cast.owner, {
			name: 'Compta',
			scopes: ['import'],
			days: null,
			addresses: ''
		});
		await endApiKey(house.services, cast.owner, (await listKeys(house.services, cast.owner))[0]!.apiKeyId);
		expect((await readAs())!.slice(0, 2).map((event) => event.kind)).toEqual(['key_revoked', 'key_created']);
		expect((await readAs())![0]!.detail).toEqual({ name: 'Compta' });
	});
	test('tells once when a limit is reached, and by whom', async () => {
		await duringRequest(context({ scope: payer.scope }), async () => {
			for (let i = 0; i < 34; i++) await house.services.limits.take('payment', 'someone');
		});
		expect(await readAs(cast.owner, 'limit_reached')).toMatchObject([
			{ actorName: 'Paul Roche', detail: { limit: 'payment' } }
		]);
	});
	test('is not filled by one person who does the same again and again', async () => {
		for (let i = 0; i < 50; i++)
			await noteRepeatable(house.services, '/admin/factures/[id]', { ...whoIs(other.owner), kind: 'access_refused' });
		const events = (await readAs(other.owner))!;
		expect(events).toHaveLength(31);
		expect(events[0]!.detail).toEqual({ more: 'yes' });
	});
	test('keeps no more of what strangers send than a line', async () => {
		await noteSecurityEvent(house.services.db.system, house.services.clock.now(), {
			...whoIs(other.owner),
			kind: 'access_refused',
			detail: Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`k${i}`, `\0${'x'.repeat(10_000)}`]))
		});
		expect(JSON.stringify((await readAs(other.owner))![0]!.detail).length).toBeLessThan(2000);
	});
	test('can be changed by nobody, and knows only the kinds it was made for', async () => {
		for (const db of [house.services.db.app, house.services.db.system])
			await expect(db.execute(sql`update security_event set kind = 'sign_out'`)).rejects.toThrow();
		await expect(
			house.services.db.system.insert(securityEvent).values({
				securityEventId: newId(),
				kind: 'nonsense' as never,
				occurredAt: house.services.clock.now(),
				actorKind: 'unknown',
				detail: {}
			})
		).rejects.toThrow();
		await expect(
			inScope(house.services.db, other.system, (tx) =>
				noteSecurityEvent(tx, house.services.clock.now(), { ...whoIs(cast.owner), kind: 'sign_in' })
			)
		).rejects.toThrow();
	});
	test('forgets after a year', async () => {
		const old = new Date(house.services.clock.now().getTime() - 366 * 86_400_000);
		await note(old);
		await purgeExpired(house.services);
		const left = await house.services.db.system.select().from(securityEvent);
		expect(left.length).toBeGreaterThan(50);
		expect(left.filter((event) => event.occurredAt <= old)).toEqual([]);
	});
});
test('what a member does is written down with the request and the address it came from', async () => {
	const asked = context();
	await duringRequest(asked, () =>
		inScope(house.services.db, cast.owner, (tx) =>
			recordAudit(tx, cast.owner, house.services.clock.now(), 'tried', null)
		)
	);
	const rows = await inScope(house.services.db, cast.owner, (tx) => tx.select().from(audit));
	expect(rows.find((row) => row.action === 'tried')).toMatchObject({
		requestId: asked.requestId,
		address: asked.address
	});
});
