// A reward that the supplier can't give is told by mail with its reason and with what becomes of its points: until when they can be used, also when they kept the end
// that they had; or that they end with the programme.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { addMonths, type CivilDate } from '#lib/domain/calendar/civil-date.ts';
import { formatDay } from '#lib/domain/calendar/format.ts';
import { newId } from '#lib/server/identity.ts';
import { adjustPoints } from '#lib/server/use-cases/points/adjust-points.ts';
import { endProgramme } from '#lib/server/use-cases/points/manage-programme.ts';
import { settleReward, takeReward } from '#lib/server/use-cases/points/take-reward.ts';
import { aPayer, aSupplier, type Cast, type Payer } from '../../builders/parties.ts';
import { acceptRules, aProgramme, entriesOf } from '../../builders/points.ts';
import { stageOf } from '../../builders/stage.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
let counter = 0;
const REWARD = newId();
beforeAll(async () => {
	house = await openHouse(Array.from({ length: 6 }, (_, i) => `acct_refused${i + 1}`));
});
afterAll(() => house.close());
async function aReward(months: number): Promise<void> {
	const terms = { fr: '', en: '' };
	const of = { points: 100, stock: null, from: null, until: null, minTier: 0 };
	const reward = {
		rewardId: REWARD,
		kind: 'service' as const,
		name: { fr: 'Une heure', en: 'One hour' },
		terms,
		...of
	};
	await aProgramme(house.services, cast, { rewards: [reward], expiry: { kind: 'months', months } });
	await acceptRules(house.services, cast, payer);
}
beforeEach(async () => {
	counter += 1;
	cast = await aSupplier(house.services, `acct_refused${counter}`);
	payer = await aPayer(house.services, cast, `paul${counter}@roche.example`, `Client ${counter}`);
});
const { inDays } = stageOf(() => ({ house, cast }));
const day = (date: string): string => plain(formatDay(date as CivilDate, 'fr'));
const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ').replace(/\s+/g, ' ');
const give = () =>
	adjustPoints(house.services, cast.owner, {
		adjustmentId: newId(),
		clientId: payer.clientId,
		points: 100,
		reason: 'pour un essai'
	});
async function take(): Promise<string> {
	const asked = { redemptionId: newId(), rewardId: REWARD, clientId: payer.clientId };
	const result = await takeReward(house.services, payer.scope, asked);
	if (!result.ok) throw new Error(result.refusal.code);
	return result.value.redemptionId;
}
const refuse = (redemptionId: string) =>
	settleReward(house.services, cast.owner, { redemptionId, outcome: 'canceled', note: 'plus en rayon' });
const told = () =>
	house.world.mailbox.mails
		.filter((mail) => mail.to.includes(payer.email) && mail.subject.includes('Une heure'))
		.map((mail) => plain(`${mail.subject}\n${mail.text}`));

test('the day until which its points can be used stands in the mail, also when it is the one that they had', async () => {
	await aReward(24);
	await give();
	const end = addMonths(inDays(0) as CivilDate, 24);
	const redemptionId = await take();
	await house.advance(5);
	expect(await refuse(redemptionId)).toMatchObject({ ok: true });
	await house.drain();
	const [mail] = told();
	expect(mail).toContain('plus en rayon');
	expect(mail).toMatch(new RegExp(`Utilisables au moins jusqu’au[ :]*${day(end)}`));
	expect(mail).toContain('vos points sont rendus');
});
test('of a programme that ends before them, its last day', async () => {
	await aReward(24);
	await give();
	const redemptionId = await take();
	const last = { lastEarnOn: inDays(40), lastSpendOn: inDays(180) };
	expect(await endProgramme(house.services, cast.owner, last)).toMatchObject({ ok: true });
	expect(await refuse(redemptionId)).toMatchObject({ ok: true });
	await house.drain();
	expect(told()[0]).toMatch(new RegExp(`Utilisables au moins jusqu’au[ :]*${day(last.lastSpendOn)}`));
});
test('behind the end of the programme it is told too, once: the reason, and that its points end with the rest', async () => {
	await aReward(24);
	await give();
	const redemptionId = await take();
	const last = { lastEarnOn: inDays(40), lastSpendOn: inDays(180) };
	expect(await endProgramme(house.services, cast.owner, last)).toMatchObject({ ok: true });
	await house.advance(200);
	await house.drain();
	expect(await refuse(redemptionId)).toMatchObject({ ok: true });
	await house.drain();
	await house.advance(1);
	await house.drain();
	expect(told()).toHaveLength(1);
	expect(told()[0]).toContain('plus en rayon');
	expect(told()[0]).toContain(`Le programme de points a pris fin le ${day(last.lastSpendOn)}`);
	expect(told()[0]).not.toMatch(/Utilisables|vos points sont rendus|Voir mes points/);
	expect((await entriesOf(house.services, cast, payer.clientId)).slice(-2)).toEqual(['given_back 100', 'expired -100']);
});
