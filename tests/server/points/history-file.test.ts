// The file of a client's points: every kind of line says its day, what happened, the points, and the invoice that it is about.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#lib/server/identity.ts';
import { pointsCsv } from '#lib/server/documents/points-csv.ts';
import { findAttempt } from '#lib/server/store/attempts.ts';
import { adjustPoints } from '#lib/server/use-cases/points/adjust-points.ts';
import { readClientPoints } from '#lib/server/use-cases/points/read-client-points.ts';
import { readHistoryByApi } from '#lib/server/use-cases/points/read-points-by-api.ts';
import { exportHistory } from '#lib/server/use-cases/points/read-points.ts';
import { settleReward, takeReward } from '#lib/server/use-cases/points/take-reward.ts';
import { settleIntent } from '#lib/server/use-cases/payments/settle-intent.ts';
import { mintScope } from '#lib/domain/access/scope.ts';
import { openDispute } from '#sandbox/stripe/reversals.ts';
import { anInvoice, aPayer, aSupplier, pay, type Cast, type Payer } from '../../builders/parties.ts';
import { acceptRules, aProgramme, pointsFollow } from '../../builders/points.ts';
import { stageOf } from '../../builders/stage.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

const REWARD = '018f0000-0000-7000-8000-000000000009';
const ACCOUNT = 'acct_file';
let house: TestHouse;
let cast: Cast;
let payer: Payer;
beforeAll(async () => {
	house = await openHouse([ACCOUNT]);
	cast = await aSupplier(house.services, ACCOUNT);
	payer = await aPayer(house.services, cast);
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
	await aProgramme(house.services, cast, {
		rewards: [reward],
		expiry: { kind: 'months', months: 1 },
		earning: { firstOnline: 10, streak: { invoices: 2, points: 5 } }
	});
	await acceptRules(house.services, cast, payer);
});
afterAll(() => house.close());
const { asSystem, inDays } = stageOf(() => ({ house, cast }));
const numbers = new Map<string, string>();
async function paid(number: string, dueIn: number, options: Parameters<typeof pay>[4] = {}): Promise<string> {
	const amount = 20_000 - (options.usePoints ?? 0) * 5;
	const invoiceId = await anInvoice(
		house.services,
		cast,
		{},
		{ number, grossMinor: 20_000, issuedOn: inDays(-40), dueOn: inDays(dueIn) }
	);
	numbers.set(number, invoiceId);
	const attemptId = newId();
	await pay(house.services, payer, [invoiceId], amount, { account: ACCOUNT, attemptId, ...options });
	return attemptId;
}
const correct = (points: number, reason: string) =>
	adjustPoints(house.services, cast.owner, { adjustmentId: newId(), clientId: payer.clientId, points, reason });

test('of each kind of line: its day, what happened, its points, and its invoice where there is one', async () => {
	const { services } = house;
	const first = await paid('F-1', 10);
	await paid('F-2', -3);
	await paid('F-3', 5);
	await paid('F-4', 5);
	await paid('F-5', 5, { method: 'pm_success_fr' });
	expect(await correct(300, 'Geste pour le retard de livraison')).toMatchObject({ ok: true });
	expect(await correct(-20, 'Saisie deux fois')).toMatchObject({ ok: true });
	await paid('F-6', 5, { usePoints: 100 });
	await paid('F-7', 5, { usePoints: 100, method: 'pm_card_chargeDeclinedExpiredCard' });
	const redemptionId = newId();
	await takeReward(services, payer.scope, { redemptionId, rewardId: REWARD, clientId: payer.clientId });
	await settleReward(services, cast.owner, { redemptionId, outcome: 'canceled', note: 'plus de place' });
	const intentId = (await asSystem((tx) => findAttempt(tx, cast.system, first)))!.stripePaymentIntentId!;
	const stripe = house.world.world.accounts.get(ACCOUNT)!;
	openDispute(
		house.world.world,
		stripe,
		stripe.charges[stripe.payment_intents[intentId]!.latest_charge as string]!,
		'fraudulent'
	);
	await settleIntent(services, cast.system, { account: ACCOUNT, intentId });
	await pointsFollow(services);
	await house.advance(45);
	await house.drain();
	let file = '';
	for await (const instalment of pointsCsv(exportHistory(services, payer.scope, 'fr'), 'fr')) file += instalment;
	const rows = file
		.replace(/[\u00a0\u202f]/g, ' ')
		.split('\r\n')
		.slice(1)
		.filter(Boolean)
		.map((row) => row.split(';'));
	for (const row of rows) {
		const [day, what, detail] = row;
		expect([row.length, Boolean(day), Boolean(what), Boolean(detail)]).toEqual([6, true, true, true]);
	}
	const about = (words: RegExp) => new Set(rows.filter((row) => words.test(row[1] ?? '')).map((row) => row[3]));
	// Points used, and those of a payment that was refused, are about an invoice as much as those that were earned.
	expect(about(/^Utilisés sur/)).toEqual(new Set(['F-6', 'F-7']));
	expect(about(/^Rendus/)).toEqual(new Set(['F-7']));
	expect(about(/payée|Série|Premier/)).toEqual(new Set(['F-1', 'F-2', 'F-3', 'F-4', 'F-5', 'F-6']));
	expect(about(/paiement rendu/)).toEqual(new Set(['F-1']));
	// What had no invoice has none: a correction, a reward, and the end of points given by hand.
	expect(about(/Ajustement|Une heure/)).toEqual(new Set(['']));
	expect([...about(/xpir/)].sort()).toEqual(['', 'F-3', 'F-4', 'F-5', 'F-6'].filter((one) => about(/xpir/).has(one)));
	expect(about(/xpir/).size).toBeGreaterThan(1);
	// The supplier's screen and the API say the same invoice.
	const read = await readClientPoints(services, cast.owner, payer.clientId, null);
	const used = read.ok ? read.value.history.rows.filter((row) => row.kind === 'spent' && !row.redemption?.name) : [];
	expect(new Set(used.map((row) => row.invoiceId))).toEqual(new Set([numbers.get('F-6'), numbers.get('F-7')]));
	const key = mintScope(cast.supplierId, { kind: 'api_key', apiKeyId: newId(), scopes: ['points'] });
	const answer = await readHistoryByApi(services, key, payer.clientId, { after: null, limit: 200 });
	if (!answer.ok) throw new Error(answer.refusal.code);
	const { lines } = answer.value as { lines: { kind: string; redemption: { number: string | null } | null }[] };
	const spent = lines.filter((line) => line.kind === 'spent').map((line) => line.redemption?.number ?? null);
	expect(new Set(spent)).toEqual(new Set(['F-6', 'F-7', null]));
});
