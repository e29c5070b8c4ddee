// Stolen cards tried on a pay link: bounded by link, invoice, address and supplier, told to the supplier; and nobody who pays is hurt by it.
import { sql } from 'drizzle-orm';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AnswerMove, SetUpMethod, StartPayment } from '#lib/contract/payments.ts';
import { mintScope, type Scope } from '#lib/domain/access/scope.ts';
import { newId, sha256 } from '#lib/server/identity.ts';
import { listSecurityEvents } from '#lib/server/store/security-events.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { mintPayLink } from '#lib/server/use-cases/access/pay-links.ts';
import { limitAttempts } from '#lib/server/use-cases/stripe/limit-attempts.ts';
import { done, refuse } from '#lib/server/use-cases/run.ts';
import { aPayer, anInvoice, aSupplier, aToken, type Cast, type Payer } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';
import { askEndpoint, findEndpoints, openDoors } from '../../setup/routes.ts';

const ORIGIN = 'http://localhost:1';
let house: TestHouse;
let cast: Cast;
let payer: Payer;
let doors: ReturnType<typeof openDoors>;
beforeAll(async () => {
	house = await openHouse();
	const { services } = house;
	doors = openDoors(house);
	cast = await aSupplier(services);
	payer = await aPayer(services, cast);
});
afterAll(async () => {
	doors.close();
	await house.close();
});

let n = 0;
const anAddress = (): string => `198.51.${Math.floor(++n / 250)}.${n % 250}`;
const linkTo = (invoiceId: string, supplierId = cast.supplierId): Scope =>
	mintScope(supplierId, {
		kind: 'pay_link',
		payLinkId: newId(),
		contactId: payer.contactId,
		clientId: payer.clientId,
		invoiceId
	});
const trying = async (scope: Scope, about: string, address: string, status = 'declined'): Promise<string> => {
	const result = await limitAttempts(house.services, scope, { about, address }, async () => done({ status }));
	return result.ok ? result.value.status : result.refusal.code;
};
const times = async (count: number, one: () => Promise<string>): Promise<string[]> => {
	const answers: string[] = [];
	for (let i = 0; i < count; i++) answers.push(await one());
	return answers;
};
const stopped = (answers: string[]): number => answers.indexOf('tries_exhausted');

test('a page that tries card after card is stopped after ten, at the door of the payment itself; the supplier sees it', async () => {
	const invoiceId = await anInvoice(house.services, cast, {});
	const url = await inScope(house.services.db, cast.system, (tx) =>
		mintPayLink(house.services, tx, cast.system, invoiceId, payer.contactId)
	);
	const endpoint = (await findEndpoints()).find(({ name }) => name === 'POST /p/[token]/payer')!;
	const pay = async (method: string, address = '192.0.2.9') => {
		const body = {
			attemptId: newId(),
			confirmationTokenId: await aToken(house.services, method),
			invoiceIds: [invoiceId],
			option: 'now',
			expectedAmountMinor: '120000'
		};
		const headers = { origin: ORIGIN, 'content-type': 'application/json' };
		const params = { token: url.split('/').at(-1)! };
		const response = await askEndpoint(endpoint, {
			origin: ORIGIN,
			params,
			headers,
			address,
			body: JSON.stringify(body)
		});
		const said = (await response.json()) as { status?: string; error?: { code: string } };
		return said.status ?? said.error!.code;
	};
	const answers = await times(11, () => pay('pm_card_visa_chargeDeclined', anAddress()));
	expect(answers).toEqual([...Array<string>(10).fill('declined'), 'tries_exhausted']);
	expect(await pay('pm_card_visa', anAddress())).toBe('tries_exhausted');
	const log = await inScope(house.services.db, cast.owner, (tx) =>
		listSecurityEvents(tx, cast.owner, { kind: 'limit_reached', before: null, limit: 10 })
	);
	expect(log).toMatchObject([{ actorKind: 'pay_link', detail: { limit: 'try_link_hour' } }]);
});
test('three bad cards and a good one hurt nobody; what is paid is not counted, nor what no bank was asked', async () => {
	const [link, address] = [linkTo(newId()), anAddress()];
	expect(await times(3, () => trying(link, 'one', address))).toEqual(['declined', 'declined', 'declined']);
	for (const status of ['paid', 'processing', 'set_up', 'awaiting_auth', 'unknown'])
		expect(new Set(await times(40, () => trying(link, 'one', address, status)))).toEqual(new Set([status]));
	for (const code of [
		'offer_expired',
		'amount_changed',
		'payment_in_progress',
		'attempt_id_reused',
		'payment_unknown'
	] as const)
		for (let i = 0; i < 12; i++)
			expect(
				await limitAttempts(house.services, link, { about: 'one', address }, async () => refuse(code))
			).toMatchObject({
				refusal: { code }
			});
	expect(await trying(link, 'one', address)).toBe('declined');
});
test('asking again while stopped makes nobody wait longer, and what breaks is not counted', async () => {
	const [link, address] = [linkTo(newId()), anAddress()];
	const breaking = () =>
		limitAttempts(house.services, link, { about: 'one', address }, () => Promise.reject(new Error('broken'))).catch(
			() => 'broken'
		);
	expect(new Set(await times(25, async () => String(await breaking())))).toEqual(new Set(['broken']));
	expect(stopped(await times(30, () => trying(link, 'one', address)))).toBe(10);
	const points = await house.services.db.system.execute<{ limit: string; points: number }>(
		sql`select split_part(key, ':', 1) as limit, points from rate_limit where key like 'try\\_link\\_day:%' and key like ${`%${sha256(link.actor.kind === 'pay_link' ? link.actor.payLinkId : '').slice(0, 32)}`}`
	);
	expect([...points]).toEqual([{ limit: 'try_link_day', points: 10 }]);
});
test('many links to one invoice count together, and many links from one address', async () => {
	const invoiceId = newId();
	expect(stopped(await times(16, () => trying(linkTo(invoiceId), invoiceId, anAddress())))).toBe(15);
	const address = anAddress();
	expect(stopped(await times(61, () => trying(linkTo(newId()), newId(), address)))).toBe(60);
	// Another invoice from elsewhere goes on.
	expect(await trying(linkTo(newId()), newId(), anAddress())).toBe('declined');
});
test('a whole supplier tried from everywhere is stopped for links, and its people who have signed in pay on', async () => {
	const other = await aSupplier(house.services, 'acct_canuts', 'Les Canuts');
	const one = () => trying(linkTo(newId(), other.supplierId), newId(), anAddress());
	expect(stopped(await times(201, one))).toBe(200);
	const person = mintScope(other.supplierId, { kind: 'contact', contactId: newId(), clientId: newId() });
	expect(await trying(person, newId(), anAddress())).toBe('declined');
	// What is refused to one link is not counted for anybody else.
	expect(await trying(linkTo(newId()), newId(), anAddress())).toBe('declined');
});
test('somebody signed in is bounded too, by themselves', async () => {
	const person = mintScope(cast.supplierId, { kind: 'contact', contactId: newId(), clientId: newId() });
	expect(stopped(await times(31, () => trying(person, newId(), anAddress())))).toBe(30);
});
test.each([
	['link', 'try_link_day', 20],
	['invoice', 'try_invoice_day', 30],
	['network address', 'try_address_day', 200],
	['supplier', 'try_supplier_day', 1000],
	['person', 'try_person_day', 100]
] as const)('over a day, one %s is tried so often and no more, however slowly', async (what, name, bound) => {
	const supplierId =
		what === 'supplier' ? (await aSupplier(house.services, 'acct_day', 'Jour')).supplierId : cast.supplierId;
	const [invoiceId, address] = [newId(), anAddress()];
	const scope =
		what === 'person'
			? mintScope(supplierId, { kind: 'contact', contactId: newId(), clientId: newId() })
			: linkTo(invoiceId, supplierId);
	const { actor } = scope;
	const key = {
		link: actor.kind === 'pay_link' ? actor.payLinkId : '',
		invoice: `${supplierId} ${invoiceId}`,
		'network address': address,
		supplier: supplierId,
		person: actor.kind === 'contact' ? actor.contactId : ''
	}[what];
	await Promise.all(Array.from({ length: bound - 1 }, () => house.services.limits.spend(name, key)));
	const last = [await trying(scope, invoiceId, address), await trying(scope, invoiceId, address)];
	expect(last).toEqual(['declined', 'tries_exhausted']);
	expect(await trying(linkTo(newId()), newId(), anAddress())).toBe('declined');
});
test('a card that a bank refuses counts in whatever words it is told; what is refused elsewhere uses up nothing of a link', async () => {
	for (const code of ['card_declined', 'method_refused'] as const) {
		const [link, about, address] = [linkTo(newId()), newId(), anAddress()];
		const refused = async () => {
			const result = await limitAttempts(house.services, link, { about, address }, async () => refuse(code));
			return result.ok ? '' : result.refusal.code;
		};
		expect(stopped(await times(11, refused)), code).toBe(10);
	}
	const [link, about, busy] = [linkTo(newId()), newId(), anAddress()];
	await Promise.all(Array.from({ length: 60 }, () => house.services.limits.spend('try_address_hour', busy)));
	expect(new Set(await times(12, () => trying(link, about, busy)))).toEqual(new Set(['tries_exhausted']));
	expect(stopped(await times(11, () => trying(link, about, anAddress())))).toBe(10);
});
test('an id in capitals is the same id: nothing is counted, paid or asked for beside it', () => {
	const [id, token] = [newId(), 'ctoken_12345678'];
	const pay = { attemptId: id.toUpperCase(), confirmationTokenId: token, expectedAmountMinor: '1' };
	expect(v.parse(StartPayment, { ...pay, invoiceIds: [id.toUpperCase()] })).toMatchObject({
		attemptId: id,
		invoiceIds: [id]
	});
	expect(v.is(StartPayment, { ...pay, invoiceIds: [id, id.toUpperCase()] })).toBe(false);
	const setUp = { setupId: id.toUpperCase(), planId: id.toUpperCase(), confirmationTokenId: token };
	expect(v.parse(SetUpMethod, setUp)).toMatchObject({ setupId: id, planId: id });
	const answer = { planId: id.toUpperCase(), position: 1, toOn: '2026-12-01', accepts: true };
	expect(v.parse(AnswerMove, answer).planId).toBe(id);
});
