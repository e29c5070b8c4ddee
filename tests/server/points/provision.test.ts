// What an accountant may set aside for points, month by month: the difference, without VAT, of all that is promised and of nothing else; the same whenever it is
// asked for. Each amount is worked out by hand beside it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDays, addMonths, civilDate, civilDateIn } from '#lib/domain/calendar/civil-date.ts';
import { newId } from '#lib/server/identity.ts';
import { journalCsv } from '#lib/server/documents/journal-csv.ts';
import { findAttempt } from '#lib/server/store/attempts.ts';
import { settleIntent } from '#lib/server/use-cases/payments/settle-intent.ts';
import { readFigures } from '#lib/server/use-cases/points/read-figures.ts';
import { readProvision } from '#lib/server/use-cases/points/read-provision.ts';
import { settleReward, takeReward } from '#lib/server/use-cases/points/take-reward.ts';
import { exportJournal } from '#lib/server/use-cases/suppliers/read-journal.ts';
import { openDispute } from '#sandbox/stripe/reversals.ts';
import { anInvoice, aPayer, aSupplier, pay, type Cast, type Payer } from '../../builders/parties.ts';
import { acceptRules, aProgramme, givePoints, pointsOf } from '../../builders/points.ts';
import { stageOf } from '../../builders/stage.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

const account = 'acct_provision';
const gift = {
	rewardId: newId(),
	kind: 'gift' as const,
	name: { fr: 'Un livre', en: 'A book' },
	terms: { fr: '', en: '' },
	points: 100,
	stock: null,
	from: null,
	until: null,
	minTier: 0
};
let house: TestHouse;
let cast: Cast;
let payer: Payer;
let debtor: Payer;
const { asSystem, inDays, live } = stageOf(() => ({ house, cast }));
beforeAll(async () => {
	house = await openHouse([account]);
	// The fifth of a month.
	const fifth = addDays(
		addMonths(civilDate(`${civilDateIn(house.services.clock.now(), 'Europe/Paris').slice(0, 7)}-01`), 1),
		4
	);
	while (civilDateIn(house.services.clock.now(), 'Europe/Paris') < fifth) await house.advance(1);
	cast = await aSupplier(house.services, account);
	payer = await aPayer(house.services, cast, 'paul@roche.example', 'Roche');
	debtor = await aPayer(house.services, cast, 'dan@dette.example', 'Dette');
	await aProgramme(house.services, cast, { rewards: [gift] });
	await givePoints(house.services, cast, payer.clientId, 300);
	for (const one of [payer, debtor]) await acceptRules(house.services, cast, one);
});
afterAll(() => house.close());

const until = async (day: string) => {
	while (inDays(0) < day) await live(1);
};
async function fileOf(month: string): Promise<string> {
	const { lines } = await exportJournal(house.services, cast.accountant, { month });
	let file = '';
	for await (const instalment of journalCsv(lines, 'fr', await readProvision(house.services, cast.accountant, month)))
		file += instalment;
	return file;
}
const provisionIn = (file: string): string[][] =>
	file
		.split('\r\n')
		.filter((row) => row.includes('PROVISION'))
		.map((row) => row.split(';'));
const gone = async (attemptId: string): Promise<void> => {
	const stripe = house.world.world.accounts.get(account)!;
	const intentId = (await asSystem((tx) => findAttempt(tx, cast.system, attemptId)))!.stripePaymentIntentId!;
	const charge = stripe.charges[stripe.payment_intents[intentId]!.latest_charge as string]!;
	openDispute(house.world.world, stripe, charge, 'fraudulent');
	await settleIntent(house.services, cast.system, { account, intentId });
};

test('months set aside and take back the difference, and a month asked for again is the same to the byte', async () => {
	const { services } = house;
	const first = inDays(0).slice(0, 7);
	const second = addMonths(civilDate(`${first}-01`), 1).slice(0, 7);
	const third = addMonths(civilDate(`${first}-01`), 2).slice(0, 7);
	// One client takes a gift for the 100 points of a payment of 100,00, which then goes back: the gift is still to be given, and 100 points are a debt.
	const [lost, back] = [
		await anInvoice(services, cast, { name: 'Dette' }, { grossMinor: 10_000, dueOn: inDays(9), issuedOn: inDays(-1) }),
		newId()
	];
	await pay(services, debtor, [lost], 10_000, { account, attemptId: back });
	const taken = { redemptionId: newId(), rewardId: gift.rewardId, clientId: debtor.clientId };
	expect(await takeReward(services, debtor.scope, taken)).toMatchObject({ ok: true });
	await gone(back);
	expect(await pointsOf(services, cast, debtor.clientId)).toMatchObject({ balance: -100 });
	// On the 27th the other one orders a debit of 110,00 with 200 of its 300 points, for an invoice of 120,00.
	await until(`${first}-27`);
	const [invoiceId, debit] = [
		await anInvoice(services, cast, { name: 'Roche' }, { grossMinor: 12_000, dueOn: inDays(20), issuedOn: inDays(-1) }),
		newId()
	];
	expect(
		await pay(services, payer, [invoiceId], 11_000, {
			account,
			attemptId: debit,
			method: 'pm_success_fr',
			usePoints: 200
		})
	).toMatchObject({ ok: true });

	await until(`${second}-01`);
	// 100 to be used, 110 pending, 200 held by the debit, 100 of the gift: 510 points at 5,00 for 100, 25,50 with VAT. Of 220,00 invoiced, 183,33 are net: 21,25.
	const before = await fileOf(first);
	const rows = provisionIn(before);
	expect(
		rows.map(([day, entry, , account_, , , , debit_, credit, , piece]) => [day, entry, account_, debit_, credit, piece])
	).toEqual([
		[
			expect.stringMatching(/^\d\d\/\d\d\/\d{4}$/),
			`PROVISION-POINTS-${first}`,
			'6815',
			'21,25',
			'',
			`PROVISION-POINTS-${first}`
		],
		[
			expect.stringMatching(/^\d\d\/\d\d\/\d{4}$/),
			`PROVISION-POINTS-${first}`,
			'1518',
			'',
			'21,25',
			`PROVISION-POINTS-${first}`
		]
	]);
	expect((await readFigures(services, cast.owner))?.owed).toMatchObject({
		usable: 100,
		pending: 110,
		held: 200,
		asked: 100,
		points: 510,
		grossMinor: 2_550n,
		netMinor: 2_125n
	});

	// The debit is paid: 200 points are a reduction in 709 now, and 110 are earned. The gift is given.
	await until(`${second}-14`);
	expect(
		await settleReward(services, cast.owner, { redemptionId: taken.redemptionId, outcome: 'given', note: null })
	).toMatchObject({ ok: true });
	await until(`${third}-01`);
	expect(await fileOf(first)).toBe(before);
	const after = await fileOf(second);
	// 210 to be used: 10,50 with VAT, 8,75 without. 12,50 are taken back.
	expect(provisionIn(after).map(([, , , account_, , , , debit_, credit]) => [account_, debit_, credit])).toEqual([
		['1518', '12,50', ''],
		['7815', '', '12,50']
	]);
	expect(after).toMatch(/;709;/);

	// Sent back by its bank later: what the months before said stays said.
	await gone(debit);
	expect(await pointsOf(services, cast, payer.clientId)).toMatchObject({ balance: 300 });
	await until(`${third}-03`);
	expect([await fileOf(first), await fileOf(second)]).toEqual([before, after]);
	// 300 again, 15,00 with VAT, 12,50 without; 3,75 more than at the end of the month before. Nothing is netted with the debt of the other client.
	expect(await readProvision(services, cast.accountant, third)).toMatchObject({
		before: { points: 210, netMinor: 875n },
		now: { points: 300, netMinor: 1_250n },
		changeMinor: 375n
	});
});

test('a month in which nothing changed proposes nothing, nor does one that has not come', async () => {
	const next = addMonths(civilDate(`${inDays(0).slice(0, 7)}-01`), 1).slice(0, 7);
	expect(await readProvision(house.services, cast.accountant, next)).toBeNull();
	while (inDays(0) < addMonths(civilDate(`${next}-01`), 1)) await house.advance(1);
	expect(await readProvision(house.services, cast.accountant, next)).toBeNull();
	expect(provisionIn(await fileOf(next))).toEqual([]);
});

test('what points used took off names its credit note, and what was given back its cancellation', async () => {
	const pieces = new Map<string, (string | null)[]>();
	for (const back of [1, 2, 3]) {
		const month = addMonths(civilDate(`${inDays(0).slice(0, 7)}-01`), -back).slice(0, 7);
		const journal = await exportJournal(house.services, cast.accountant, { month });
		for await (const some of journal.lines)
			for (const { kind, piece } of some) pieces.set(kind, [...(pieces.get(kind) ?? []), piece]);
	}
	const note = expect.stringMatching(/^AV\d{4}-\d{6}$/);
	expect(pieces.get('points_used')).toEqual([note, note, note]);
	expect(pieces.get('points_given_back')).toEqual([note, note, note]);
	expect(pieces.get('points_used')?.[0]).not.toBe(pieces.get('points_given_back')?.[0]);
});
