// Points that come back when their time is nearly over: usable for a month where the supplier could not give what they were spent on, for the days they had left
// where a payment came to nothing; said to the client with the reason.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addDays, addMonths, type CivilDate } from '#lib/domain/calendar/civil-date.ts';
import { required } from '#lib/domain/required.ts';
import { newId } from '#lib/server/identity.ts';
import { findAttempt } from '#lib/server/store/attempts.ts';
import { listExpiring } from '#lib/server/store/points-reading.ts';
import { settleIntent } from '#lib/server/use-cases/payments/settle-intent.ts';
import { adjustPoints } from '#lib/server/use-cases/points/adjust-points.ts';
import { readPoints } from '#lib/server/use-cases/points/read-points.ts';
import { settleReward, takeReward } from '#lib/server/use-cases/points/take-reward.ts';
import { openDispute } from '#sandbox/stripe/reversals.ts';
import { anInvoice, aPayer, aSupplier, pay, type Cast, type Payer } from '../../builders/parties.ts';
import { acceptRules, aProgramme, entriesOf, pointsOf } from '../../builders/points.ts';
import { stageOf } from '../../builders/stage.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
let counter = 0;
const account = () => `acct_back${counter}`;
const name = () => `Client ${counter}`;
const REWARD = newId();
beforeAll(async () => {
	house = await openHouse(Array.from({ length: 12 }, (_, i) => `acct_back${i + 1}`));
});
afterAll(() => house.close());
/** Points last a month. */
beforeEach(async () => {
	counter += 1;
	cast = await aSupplier(house.services, account());
	payer = await aPayer(house.services, cast, `paul${counter}@roche.example`, name());
	const reward = {
		rewardId: REWARD,
		kind: 'service' as const,
		name: { fr: 'Une heure', en: 'One hour' },
		terms: { fr: '', en: '' },
		points: 100,
		stock: null,
		from: null,
		until: null,
		minTier: 0
	};
	await aProgramme(house.services, cast, { rewards: [reward], expiry: { kind: 'months', months: 1 } });
	await acceptRules(house.services, cast, payer);
});
const { asSystem, inDays } = stageOf(() => ({ house, cast }));
const give = (points: number) =>
	adjustPoints(house.services, cast.owner, {
		adjustmentId: newId(),
		clientId: payer.clientId,
		points,
		reason: 'pour un essai'
	});
const balance = async () => (await pointsOf(house.services, cast, payer.clientId)).balance;
const story = () => entriesOf(house.services, cast, payer.clientId);
const ends = () => asSystem((tx) => listExpiring(tx, cast.system, payer.clientId, inDays(0) as CivilDate));
const look = async () => {
	const result = await readPoints(house.services, payer.scope, { after: null, locale: 'fr' });
	if (!result.ok) throw new Error(result.refusal.code);
	return result.value;
};
const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ');
async function take(): Promise<string> {
	const asked = { redemptionId: newId(), rewardId: REWARD, clientId: payer.clientId };
	const result = await takeReward(house.services, payer.scope, asked);
	if (!result.ok) throw new Error(result.refusal.code);
	return result.value.redemptionId;
}
const refuseIt = (redemptionId: string) =>
	settleReward(house.services, cast.owner, { redemptionId, outcome: 'canceled', note: 'plus de place en décembre' });
const mails = () =>
	house.world.mailbox.mails
		.filter((mail) => mail.to.includes(payer.email))
		.map((mail) => plain(`${mail.subject}\n${mail.text}`));

describe('a reward that the supplier can’t give', () => {
	test('gives points back for a month from that day, whatever end they had; the client is told why, once', async () => {
		await give(100);
		const redemptionId = await take();
		await house.advance(50);
		expect(await refuseIt(redemptionId)).toMatchObject({ ok: true });
		expect(await refuseIt(redemptionId)).toMatchObject({ ok: false });
		const on = addMonths(inDays(0) as CivilDate, 1);
		expect([await balance(), await ends()]).toEqual([100, [{ on, points: 100 }]]);
		await house.drain();
		await house.drain();
		expect(await balance()).toBe(100);
		const told = mails().filter((text) => text.includes('Une heure'));
		expect(told).toHaveLength(1);
		expect(told[0]).toContain('plus de place en décembre');
		expect(told[0]).toContain('100 points');
		const points = await look();
		expect(points.taken).toMatchObject([
			{ state: 'canceled', refused: { on: inDays(0), reason: 'plus de place en décembre' } }
		]);
		const [line] = points.history.months.flatMap((month) => month.lines);
		expect([plain(line?.title ?? ''), line?.points]).toEqual(['Récompense refusée : Une heure', 100]);
		expect(plain(line?.note ?? '')).toMatch(
			/utilisables jusqu’au .*motif donné par Atelier Lumen : plus de place en décembre/
		);
	});
	test('a second time it gives the days that were left, not another month', async () => {
		await give(100);
		const first = await take();
		await house.advance(50);
		await refuseIt(first);
		await house.advance(20);
		const [{ on }] = [required((await ends())[0], 'end')];
		const second = await take();
		const left = addDays(inDays(0) as CivilDate, 0);
		await house.advance(60);
		await refuseIt(second);
		const days = (Date.parse(on) - Date.parse(left)) / 86_400_000;
		expect(await ends()).toEqual([{ on: addDays(inDays(0) as CivilDate, days), points: 100 }]);
	});
	test('points of several earnings come back as one line; those with time left keep their end', async () => {
		await give(40);
		await house.advance(29);
		await give(100);
		const far = addMonths(inDays(0) as CivilDate, 1);
		const redemptionId = await take();
		await house.advance(1);
		await refuseIt(redemptionId);
		const month = addMonths(inDays(0) as CivilDate, 1);
		const kept = await ends();
		expect(kept.reduce((sum, one) => sum + one.points, 0)).toBe(140);
		expect(kept.map((one) => one.on).filter((on) => on < far)).toEqual([]);
		expect(kept.map((one) => one.on).filter((on) => on > month)).toEqual([]);
		const lines = (await look()).history.months.flatMap((month) => month.lines);
		expect(lines.filter((line) => line.title.startsWith('Récompense refusée')).map((line) => line.points)).toEqual([
			100
		]);
	});
	test('what their money takes back is theirs, expired or not: nothing else pays for it', async () => {
		const invoiceId = await anInvoice(
			house.services,
			cast,
			{ name: name() },
			{ grossMinor: 10_000, dueOn: inDays(5), issuedOn: inDays(-1) }
		);
		const attemptId = newId();
		await pay(house.services, payer, [invoiceId], 10_000, { account: account(), attemptId });
		const redemptionId = await take();
		await house.advance(50);
		await refuseIt(redemptionId);
		await house.advance(40);
		await house.drain();
		expect(await story()).toEqual(['earned 100', 'spent -100', 'given_back 100', 'expired -100']);
		const notes = (await look()).history.months.flatMap((month) => month.lines.map((line) => line.note));
		expect(notes[0]).toMatch(/gagnés avec/);
		const stripe = house.world.world.accounts.get(account())!;
		const attempt = await asSystem((tx) => findAttempt(tx, cast.system, attemptId));
		const intentId = attempt!.stripePaymentIntentId!;
		const charge = stripe.charges[stripe.payment_intents[intentId]!.latest_charge as string]!;
		openDispute(house.world.world, stripe, charge, 'fraudulent');
		await settleIntent(house.services, cast.system, { account: account(), intentId });
		expect([await balance(), (await story()).slice(4)]).toEqual([0, ['given_back 100', 'reversed -100']]);
	});
});

describe('a payment that comes to nothing', () => {
	async function usedByDebit(): Promise<void> {
		const invoiceId = await anInvoice(
			house.services,
			cast,
			{ name: name() },
			{ grossMinor: 12_000, dueOn: inDays(60), issuedOn: inDays(-1) }
		);
		await pay(house.services, payer, [invoiceId], 11_500, {
			account: account(),
			method: 'pm_failed_fr',
			usePoints: 100
		});
		expect(await balance()).toBe(0);
		await house.advance(12);
		await house.drain();
	}
	test('gives points the days that they had left, and once: failing on purpose keeps none alive', async () => {
		await give(100);
		const [{ on }] = [required((await ends())[0], 'end')];
		const days = (Date.parse(on) - Date.parse(inDays(0))) / 86_400_000;
		await house.advance(days - 3);
		await usedByDebit();
		const [again] = await ends();
		expect(again).toEqual({ on: addDays(inDays(0) as CivilDate, 3), points: 100 });
		await usedByDebit();
		expect(await ends()).toEqual([]);
		// What has ended already leaves the ledger the next time that somebody looks.
		await house.advance(1);
		await house.drain();
		expect([await balance(), (await story()).at(-1)]).toEqual([0, 'expired -100']);
	});
	test('at once, as a card is refused: they are where they were', async () => {
		await give(100);
		const before = await ends();
		const invoiceId = await anInvoice(
			house.services,
			cast,
			{ name: name() },
			{ grossMinor: 12_000, dueOn: inDays(10), issuedOn: inDays(-1) }
		);
		await pay(house.services, payer, [invoiceId], 11_500, {
			account: account(),
			method: 'pm_card_chargeDeclinedExpiredCard',
			usePoints: 100
		});
		expect([await balance(), await ends()]).toEqual([100, before]);
	});
});
