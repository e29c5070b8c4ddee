// What a client reads of its points: every line accounted for, in plain words, and nothing of it by a pay link.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { CivilDate } from '#lib/domain/calendar/civil-date.ts';
import { formatDay } from '#lib/domain/calendar/format.ts';
import { minor } from '#lib/domain/money/minor.ts';
import { newId } from '#lib/server/identity.ts';
import { listPayments } from '#lib/server/store/payments.ts';
import { requestRefund } from '#lib/server/use-cases/payments/request-refund.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { acceptTransaction } from '#lib/server/use-cases/bank/accept-transaction.ts';
import { importStatements } from '#lib/server/use-cases/bank/import-statements.ts';
import { readBank } from '#lib/server/use-cases/bank/read-bank.ts';
import { freezePoints } from '#lib/server/use-cases/points/adjust-points.ts';
import { listHistory } from '#lib/server/store/points-history.ts';
import { findPointsAcceptance } from '#lib/server/store/points-reading.ts';
import { readPayView } from '#lib/server/use-cases/payments/read-pay-view.ts';
import { acceptRules } from '#lib/server/use-cases/points/accept-rules.ts';
import { exportHistory, readPoints, readTierCard } from '#lib/server/use-cases/points/read-points.ts';
import { anInvoice, aPayer, aPayLink, aSupplier, pay, type Cast, type Payer } from '../../builders/parties.ts';
import { acceptRules as accepted, aProgramme, givePoints, pointsFollow, pointsOf } from '../../builders/points.ts';
import { stageOf } from '../../builders/stage.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
let counter = 0;
const account = () => `acct_read${counter}`;
const name = () => `Client ${counter}`;
beforeAll(async () => {
	house = await openHouse(Array.from({ length: 16 }, (_, i) => `acct_read${i + 1}`));
});
afterAll(() => house.close());
beforeEach(async () => {
	counter += 1;
	cast = await aSupplier(house.services, account());
	payer = await aPayer(house.services, cast, `paul${counter}@roche.example`, name());
	await aProgramme(house.services, cast, { earning: { early: { bpsPerDay: 100, maxDays: 20, withDiscount: true } } });
});
const { asSystem, inDays } = stageOf(() => ({ house, cast }));
const invoice = (number: string, due: number, grossMinor = 30_000) =>
	anInvoice(house.services, cast, { name: name() }, { number, grossMinor, issuedOn: inDays(-40), dueOn: inDays(due) });
const paid = (invoiceId: string, amount: number, options: Parameters<typeof pay>[4] = {}) =>
	pay(house.services, payer, [invoiceId], amount, { account: account(), ...options });
const look = async () => {
	const result = await readPoints(house.services, payer.scope, { after: null, locale: 'fr' });
	if (!result.ok) throw new Error(result.refusal.code);
	return result.value;
};
const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ');

test('the lines of the history add up to the balance, month by month, and say what happened to which invoice', async () => {
	await accepted(house.services, cast, payer);
	await paid(await invoice('F-1', 10), 30_000);
	await paid(await invoice('F-2', -4), 30_000);
	await paid(await invoice('F-3', 0), 30_000);
	await paid(await invoice('F-4', 20), 30_000, { method: 'pm_success_fr' });
	await givePoints(house.services, cast, payer.clientId, 40);
	await paid(await invoice('F-5', 5), 29_500, { usePoints: 100 });
	const points = await look();
	const lines = points.history.months.flatMap((month) => month.lines);
	expect(lines.map((line) => `${plain(line.title)} ${line.points || `(${line.pendingPoints})`}`).sort()).toEqual(
		[
			'Ajustement d’Atelier Lumen 40',
			'F-1, payée avec 10 jours d’avance 330',
			'F-2, payée 4 jours après (0)',
			'F-3, payée le jour même 300',
			'F-4, prélèvement en cours (360)',
			'F-5, payée avec 5 jours d’avance 309',
			'Utilisés sur F-5 -100'
		].sort()
	);
	const told = await pointsOf(house.services, cast, payer.clientId);
	expect(lines.reduce((sum, line) => sum + line.points, 0)).toBe(told.balance);
	expect(points.history.months.reduce((sum, month) => sum + month.points, 0)).toBe(told.balance);
	expect([points.balance, points.pending]).toEqual([told.balance, told.pending]);
	const detail = (number: string) => plain(lines.find((line) => line.title.startsWith(number))?.note ?? '');
	expect(detail('F-1')).toContain('300 points et 30 pour l’avance');
	expect(detail('F-2')).toContain('payé en retard : pas de points');
	expect(points.strip).toMatchObject({ early: 2, onDay: 1, late: 1 });
	const file = [];
	for await (const some of exportHistory(house.services, payer.scope, 'fr')) file.push(...some);
	expect(file).toEqual(lines);
});

test('points of a payment of which a part went back before they came say so, and not how they would have been made up', async () => {
	const invoiceId = await invoice('F-1', 10);
	await paid(invoiceId, 30_000, { noWorker: true });
	const [payment] = await asSystem((tx) => listPayments(tx, cast.system, { invoiceId }));
	await requestRefund(house.services, cast.owner, {
		refundRequestId: newId(),
		paymentId: payment!.paymentId,
		amountMinor: minor(10_000n)
	});
	await pointsFollow(house.services);
	const [line] = (await look()).history.months.flatMap((month) => month.lines);
	expect([line?.points, plain(line?.note ?? '')]).toEqual([
		220,
		expect.stringMatching(/, pour la part du paiement qui n’est pas revenue$/)
	]);
});

test('a history that is read piece by piece leaves nothing out and tells nothing twice', async () => {
	for (const points of [10, 20, 30, 40, 50]) await givePoints(house.services, cast, payer.clientId, points);
	await paid(await invoice('F-1', -1), 30_000);
	const read = (after: string | null, limit: number) =>
		asSystem((tx) => listHistory(tx, cast.system, payer.clientId, { after, limit }));
	const whole = await read(null, 50);
	const pieces = [];
	for (let after: string | null = null; ;) {
		const some: Awaited<ReturnType<typeof read>> = await read(after, 2);
		pieces.push(...some);
		if (some.length < 2) break;
		after = some.at(-1)?.lineId ?? null;
	}
	expect(whole).toHaveLength(6);
	expect(pieces).toEqual(whole);
});

test('the tier, and what is missing for the next one', async () => {
	await paid(await invoice('F-1', 0, 60_000), 60_000);
	expect(await readTierCard(house.services, payer.scope, 'fr')).toMatchObject({
		balance: 600,
		tierName: 'Argent',
		next: { name: 'Or', threshold: 1500, missing: 900 },
		progress: { percent: 40 }
	});
	expect((await look()).tiers.map((tier) => tier.isHere)).toEqual([false, true, false]);
});

test('a pay link says what this payment earns, before and after, and nothing else; a signed-in person its tier too; the receipt says it', async () => {
	const invoiceId = await invoice('F-1', 10);
	await givePoints(house.services, cast, payer.clientId, 500);
	const link = aPayLink(cast, payer, invoiceId);
	const view = async (scope: typeof link, usePoints = 0) => {
		const result = await readPayView(house.services, scope, [invoiceId], 'fr', { usePoints });
		if (!result.ok) throw new Error(result.refusal.code);
		return result.value;
	};
	const before = await view(link, 100);
	expect(plain(before.words.choices.now?.points ?? '')).toBe('+330 points');
	expect([before.pointsUse, before.tierCard, before.earned, before.options[0]?.pointsUsed]).toEqual([
		null,
		null,
		null,
		null
	]);
	expect((await view(payer.scope, 100)).pointsUse).toMatchObject({ used: { points: 100, valueMinor: 500n } });
	await paid(invoiceId, 30_000);
	const after = await view(link);
	expect([after.earned?.points, after.earned?.pending, after.tierCard, after.pointsUse]).toEqual([330, 0, null, null]);
	expect((await view(payer.scope)).tierCard).toMatchObject({ tierName: 'Bronze', balance: 830, isReached: false });
	await house.drain();
	const receipt = house.world.mailbox.mails.findLast((mail) => mail.to.includes(payer.email));
	expect(plain(receipt?.text ?? '')).toContain('+330 points');
});

test('a pay link is told nothing of balance, tier or history, and accepts no rules', async () => {
	const invoiceId = await invoice('F-1', 10);
	await givePoints(house.services, cast, payer.clientId, 500);
	const link = aPayLink(cast, payer, invoiceId);
	expect(await readTierCard(house.services, link, 'fr')).toBeNull();
	expect(await readPoints(house.services, link, { after: null, locale: 'fr' })).toMatchObject({ ok: false });
	const asked = { version: 1, locale: 'fr' as const, ip: null, userAgent: null };
	expect(await acceptRules(house.services, link, asked)).toMatchObject({ ok: false });
	const lines = [];
	for await (const some of exportHistory(house.services, link, 'fr')) lines.push(...some);
	expect(lines).toEqual([]);
});

test('the rules are accepted once, word for word, in the version that was shown', async () => {
	const asked = { version: 1, locale: 'fr' as const, ip: '192.0.2.1', userAgent: 'x'.repeat(900) };
	const stored = () =>
		inScope(house.services.db, cast.system, (tx) => findPointsAcceptance(tx, cast.system, payer.clientId));
	await aProgramme(house.services, cast);
	expect(await acceptRules(house.services, payer.scope, asked)).toMatchObject({
		ok: false,
		refusal: { code: 'points_rules_changed' }
	});
	expect(await stored()).toBeNull();
	expect((await look()).isAccepted).toBe(false);
	expect(await acceptRules(house.services, payer.scope, { ...asked, version: 2 })).toMatchObject({ ok: true });
	const first = await stored();
	expect(first).toMatchObject({ version: 2, ip: '192.0.2.1', contactId: payer.contactId });
	expect(first?.rulesText).toContain('100 points');
	expect(first?.userAgent).toHaveLength(500);
	await acceptRules(house.services, payer.scope, { ...asked, version: 2, locale: 'en' });
	expect(await stored()).toEqual(first);
	expect((await look()).isAccepted).toBe(true);
});

test('a suspension is shown with its reason; lifted, with none', async () => {
	await givePoints(house.services, cast, payer.clientId, 500);
	const freeze = (reason: string | null) =>
		freezePoints(house.services, cast.owner, { clientId: payer.clientId, reason });
	await freeze('deux demandes à vérifier');
	expect(await look()).toMatchObject({ isFrozen: true, frozenReason: 'deux demandes à vérifier' });
	await freeze(null);
	expect(await look()).toMatchObject({ isFrozen: false, frozenReason: null });
});

test('the series is counted once: what it has and what it lacks make what it asks for', async () => {
	await aProgramme(house.services, cast, { earning: { streak: { invoices: 4, points: 50 } } });
	for (const number of ['F-1', 'F-2', 'F-3']) await paid(await invoice(number, 5), 30_000);
	// An instalment of one more is no invoice yet.
	await transferInstalment(await invoice('F-4', 5));
	expect(await look()).toMatchObject({ streak: { count: 3, of: 4, missing: 1, points: 50 }, inARow: 0 });
	// With a shorter series, the next one completes it.
	await aProgramme(house.services, cast, { earning: { streak: { invoices: 2, points: 50 } } });
	expect(await look()).toMatchObject({ streak: { count: 1, of: 2, missing: 1 } });
});
async function transferInstalment(invoiceId: string): Promise<void> {
	const text = `VIR ${newId().slice(-12)}`;
	const bytes = new TextEncoder().encode(`Date;Libellé;Montant;Référence\n${inDays(0)};${text};100,00;`);
	await importStatements(house.services, cast.owner, [{ name: 'releve.csv', bytes }], { acceptReview: false });
	const entry = (await readBank(house.services, cast.owner)).waiting.find((one) => one.text.includes(text));
	const input = { bankTransactionId: entry?.bankTransactionId ?? '', invoiceIds: [invoiceId] };
	expect(await acceptTransaction(house.services, cast.owner, input)).toMatchObject({ ok: true });
}

test('a debit’s points are said with the day on which they are expected, then with the day of its order and the day on which they came', async () => {
	const invoiceId = await invoice('F-1', 20);
	await paid(invoiceId, 30_000, { method: 'pm_success_fr' });
	const ordered = inDays(0);
	const line = async () => {
		const points = await look();
		return { points, note: plain(points.history.months.flatMap((month) => month.lines)[0]?.note ?? '') };
	};
	const before = await line();
	const { pendingFrom } = before.points;
	expect(pendingFrom! > ordered).toBe(true);
	const said = formatDay(pendingFrom!, 'fr').replace(/ \d{4}$/, '');
	expect(before.note).toContain(`attendus vers le ${plain(said)}, si le prélèvement aboutit`);
	const view = await readPayView(house.services, payer.scope, [invoiceId], 'fr', {});
	expect(view.ok && view.value.earned?.finalOn).toBe(pendingFrom);
	await house.advance(20);
	await house.drain();
	const after = await line();
	expect(after.points.pendingFrom).toBeNull();
	expect(after.note).toMatch(/^\d.*, acquis le \d/);
	expect(after.note.startsWith(plain(formatDay(ordered as CivilDate, 'fr')).replace(/ \d{4}$/, ''))).toBe(true);
});

test('what a debit earns besides is said beside the means of payment, where one can be ordered; never in the price', async () => {
	await aProgramme(house.services, cast, { earning: { sepa: 5 } });
	const view = async (grossMinor: number) => {
		const found = await readPayView(
			house.services,
			payer.scope,
			[await invoice(`F-${grossMinor}`, 10, grossMinor)],
			'fr',
			{}
		);
		return found.ok ? found.value.words.choices.now : undefined;
	};
	expect(plain((await view(30_000))?.sepa ?? '')).toBe('Par prélèvement SEPA : 5 points de plus.');
	expect(plain((await view(30_000 + 1))?.points ?? '')).toBe('+300 points');
	// Above what a debit may be of.
	expect((await view(200_000_000))?.sepa).toBeUndefined();
});
