// A transfer and a card for one invoice: it is collected once, whatever the order in which they are seen.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { civilDateIn } from '#lib/domain/calendar/civil-date.ts';
import type { PaymentGateway } from '#lib/server/gateways/stripe/port.ts';
import { newId } from '#lib/server/identity.ts';
import type { Services } from '#lib/server/services.ts';
import { findAttempt } from '#lib/server/store/attempts.ts';
import { findInvoice } from '#lib/server/store/invoices.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { acceptCertain, acceptTransaction } from '#lib/server/use-cases/bank/accept-transaction.ts';
import { importStatements } from '#lib/server/use-cases/bank/import-statements.ts';
import { readBank } from '#lib/server/use-cases/bank/read-bank.ts';
import { answerChallenge } from '#sandbox/stripe/confirm.ts';
import { anInvoice, aPayer, aSupplier, pay, type Cast, type Payer } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
let invoiceId: string;
let bankTransactionId: string;
let number: string;
let serial = 0;
const ACCOUNTS = Array.from({ length: 12 }, (_, i) => `acct_${i}`);
beforeAll(async () => {
	house = await openHouse(ACCOUNTS);
});
afterAll(() => house.close());
beforeEach(async () => {
	cast = await aSupplier(house.services, ACCOUNTS[++serial]!, `Lumen ${serial}`);
	payer = await aPayer(house.services, cast, `paul${serial}@roche.example`);
	number = `C-${serial}-0042`;
	invoiceId = await anInvoice(house.services, cast, {}, { number });
	const today = civilDateIn(house.services.clock.now(), 'Europe/Paris');
	const content = `Date;Libellé;Montant\n${today};VIR MENUISERIE ROCHE ${number};1200,00\n`;
	await importStatements(house.services, cast.owner, [{ name: 'r.csv', bytes: new TextEncoder().encode(content) }], {
		acceptReview: false
	});
	bankTransactionId = (await readBank(house.services, cast.owner)).waiting[0]!.bankTransactionId;
});

const balance = () =>
	inScope(house.services.db, cast.system, (tx) => findInvoice(tx, cast.system, invoiceId)).then(
		(found) => found!.balanceMinor
	);
const attemptNow = (id: string) =>
	inScope(house.services.db, cast.system, (tx) => findAttempt(tx, cast.system, id)).then((found) => found!);
const accept = (services: Services = house.services) =>
	acceptTransaction(services, cast.owner, { bankTransactionId, invoiceIds: [invoiceId] });
const withGateway = (change: Partial<PaymentGateway>): Services => ({
	...house.services,
	payments: { ...house.services.payments, ...change }
});
const intents = () => Object.values(house.world.world.accounts.get(ACCOUNTS[serial]!)!.payment_intents);
const begin = async (method: string) => {
	const attemptId = newId();
	await pay(house.services, payer, [invoiceId], 120_000, { method, attemptId, account: ACCOUNTS[serial]! });
	return attemptId;
};

test.each([
	['by a person', () => accept()],
	['with all that is certain', () => acceptCertain(house.services, cast.owner, [bankTransactionId])]
])(
	'accepted %s, it closes a bank confirmation that was left unfinished: the card can’t be taken any more',
	async (_, act) => {
		const attemptId = await begin('pm_card_authenticationRequired');
		expect((await attemptNow(attemptId)).status).toBe('awaiting_auth');
		expect((await act()).ok).toBe(true);
		expect((await attemptNow(attemptId)).status).toBe('canceled');
		expect(intents().map(({ status }) => status)).toEqual(['canceled']);
		expect(await balance()).toBe(0n);
	}
);
test('it closes a refused card as well: whoever keeps the secret has nothing to confirm', async () => {
	const attemptId = await begin('pm_card_visa_chargeDeclined');
	expect((await attemptNow(attemptId)).status).toBe('declined');
	expect((await accept()).ok).toBe(true);
	expect(intents().map(({ status }) => status)).toEqual(['canceled']);
});
test('confirmed in the meantime, the card pays: the transfer waits for a person, nothing is collected twice', async () => {
	const attemptId = await begin('pm_card_authenticationRequired');
	const account = house.world.world.accounts.get(ACCOUNTS[serial]!)!;
	const services = withGateway({
		cancel: async (name, intentId) => {
			const intent = intents().find(({ id }) => id === intentId)!;
			const context = { world: house.world.world, account, cause: { requestId: null, key: null }, jsUrl: '' };
			answerChallenge(context, intent, intent._challenge!, true);
			// The page has asked, and the server has finished the payment (decision 0033).
			await house.services.payments.confirmAgain({ account: name, intentId, returnUrl: 'http://localhost:1/retour/x' });
			return house.services.payments.cancel(name, intentId);
		}
	});
	expect(await accept(services)).toMatchObject({ ok: false, refusal: { code: 'payment_in_progress' } });
	expect((await attemptNow(attemptId)).status).toBe('paid');
	expect(await balance()).toBe(0n);
	expect((await readBank(house.services, cast.owner)).waiting).toHaveLength(1);
	expect(await accept()).toMatchObject({ ok: false, refusal: { code: 'nothing_to_pay' } });
});
test('a card that is being asked at this moment is waited for', async () => {
	const seen: unknown[] = [];
	const services = withGateway({
		confirm: async (input) => {
			seen.push(await accept());
			return house.services.payments.confirm(input);
		}
	});
	expect(await pay(services, payer, [invoiceId], 120_000, { account: ACCOUNTS[serial]! })).toMatchObject({
		value: { status: 'paid' }
	});
	expect(seen).toMatchObject([{ ok: false, refusal: { code: 'payment_in_progress' } }]);
	expect(await balance()).toBe(0n);
	expect(intents().filter(({ status }) => status === 'succeeded')).toHaveLength(1);
});
test('what can’t be asked is no answer: while Stripe is silent nothing is accepted over it', async () => {
	const attemptId = await begin('pm_card_authenticationRequired');
	house.world.world.faults.push({
		id: 'down',
		match: { path: '^/v1/' },
		do: { status: 503, should_retry: false },
		seen: 0
	});
	const answer = await accept();
	house.world.world.faults = [];
	expect(answer).toMatchObject({ ok: false, refusal: { code: 'payment_in_progress' } });
	expect((await attemptNow(attemptId)).status).toBe('awaiting_auth');
	expect(await balance()).toBe(120_000n);
	expect((await accept()).ok).toBe(true);
});
test('a movement that is booked already closes no payment of another invoice: it is refused before', async () => {
	expect((await accept()).ok).toBe(true);
	const another = await anInvoice(house.services, cast, {}, { number: `C-${serial}-0043` });
	const attemptId = newId();
	const method = 'pm_card_authenticationRequired';
	await pay(house.services, payer, [another], 120_000, { method, attemptId, account: ACCOUNTS[serial]! });
	const answer = await acceptTransaction(house.services, cast.owner, { bankTransactionId, invoiceIds: [another] });
	expect(answer).toMatchObject({ ok: false, refusal: { code: 'bank_entry_settled' } });
	expect((await attemptNow(attemptId)).status).toBe('awaiting_auth');
	expect(intents().map(({ status }) => status)).toEqual(['requires_action']);
});

test('a movement that can’t be accepted as it is closes no client’s payment: looked at first', async () => {
	const attemptId = await begin('pm_card_authenticationRequired');
	const other = await aPayer(house.services, cast, `lea${serial}@chene.example`, 'Le Chêne');
	const strange = await anInvoice(house.services, cast, { name: 'Le Chêne' }, { number: `S-${serial}` });
	expect(other.clientId).not.toBe(payer.clientId);
	const both = { bankTransactionId, invoiceIds: [invoiceId, strange] };
	expect(await acceptTransaction(house.services, cast.owner, both)).toMatchObject({
		refusal: { code: 'input_invalid' }
	});
	expect((await attemptNow(attemptId)).status).toBe('awaiting_auth');
});
