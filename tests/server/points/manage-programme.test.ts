// The supplier's programme: kept as typed, published only when it holds, ended with notice; tried on the past before anybody is promised anything.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProgrammeTerms } from '#lib/domain/points/programme.ts';
import { mintScope } from '#lib/domain/access/scope.ts';
import { minor } from '#lib/domain/money/minor.ts';
import type { LeftOut } from '#lib/domain/points/voucher-codes.ts';
import { DEFAULT_PROGRAMME } from '#lib/domain/points/default-programme.ts';
import { findLiveProgramme, findProgramme, listProgrammes } from '#lib/server/store/points-programme.ts';
import { voucherCode } from '#lib/server/store/schema/index.ts';
import { countCodes } from '#lib/server/store/voucher-codes.ts';
import { inScope } from '#lib/server/store/tx.ts';
import {
	addCodes,
	deleteDraft,
	dropCodes,
	endProgramme,
	saveProgramme
} from '#lib/server/use-cases/points/manage-programme.ts';
import { readTrial } from '#lib/server/use-cases/points/read-programme.ts';
import { newId } from '#lib/server/identity.ts';
import { aPayer, anInvoice, aSupplier, pay, type Cast, type Payer } from '../../builders/parties.ts';
import { publishDraft } from '../../builders/points.ts';
import { stageOf } from '../../builders/stage.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
	payer = await aPayer(house.services, cast);
});
afterAll(() => house.close());
const { inDays } = stageOf(() => ({ house, cast }));
const changed = (over: Partial<ProgrammeTerms>): ProgrammeTerms => ({ ...DEFAULT_PROGRAMME, ...over });
const live = (of = cast) => inScope(house.services.db, of.system, (tx) => findLiveProgramme(tx, of.system));
const versions = (of = cast) => inScope(house.services.db, of.system, (tx) => listProgrammes(tx, of.system));
const codes = (of = cast) => inScope(house.services.db, of.system, (tx) => countCodes(tx, of.system));
const refused = (code: string, detail: Record<string, string> = {}) => ({
	ok: false,
	refusal: { code, detail: expect.objectContaining(detail) }
});
const aVoucher = (rewardId = newId()): ProgrammeTerms['rewards'][number] => ({
	rewardId,
	kind: 'voucher',
	name: { fr: 'Bon d’achat', en: 'Gift voucher' },
	terms: { fr: '', en: '' },
	points: 400,
	stock: null,
	from: null,
	until: null,
	minTier: 0
});

describe('tried on the past', () => {
	test('each client would have earned what its payments of the last year earn by these rules, worked out by hand', async () => {
		const { services } = house;
		const early = await anInvoice(services, cast, {}, { issuedOn: inDays(-5), dueOn: inDays(10), grossMinor: 123_456 });
		expect(await pay(services, payer, [early], 123_456)).toMatchObject({ ok: true, value: { status: 'paid' } });
		const late = await anInvoice(services, cast, {}, { issuedOn: inDays(-60), dueOn: inDays(-20), grossMinor: 50_000 });
		expect(await pay(services, payer, [late], 50_000)).toMatchObject({ ok: true, value: { status: 'paid' } });
		// 123 for the amount; 15 % of 123.456 is 18 for ten days early; 10 for the first payment on the pages; nothing for the late one.
		const { unknown, ...trial } = await readTrial(services, cast.owner, DEFAULT_PROGRAMME);
		expect(unknown).toBe(0);
		expect(trial).toEqual({
			invoices: 2,
			paidMinor: 173_456n,
			points: 151,
			costMinor: 755n,
			clients: [
				{
					clientId: payer.clientId,
					name: 'Menuiserie Roche',
					points: 151,
					tier: 0,
					costMinor: 755n,
					invoices: 2,
					// The one that was paid early is not past its due day yet.
					onTime: { invoices: 1, onTime: 0, daysAfter: 20 }
				}
			],
			clientCount: 1,
			tiers: [1, 0, 0]
		});
	});
	test('a programme that would have cost more than its own cap is kept, and not published', async () => {
		expect(await saveProgramme(house.services, cast.owner, changed({ costCapMinor: minor(754n) }))).toMatchObject({
			ok: true
		});
		expect(await publishDraft(house.services, cast.owner)).toEqual(
			refused('programme_invalid', { mistake: 'over_cap', field: 'costCapMinor' })
		);
		expect(await live()).toBeNull();
		await saveProgramme(house.services, cast.owner, changed({ costCapMinor: minor(755n) }));
		expect(await publishDraft(house.services, cast.owner)).toMatchObject({ ok: true, value: { version: 1 } });
	});
});

const draftBegunAt = async () => (await versions()).find((row) => row.publishedAt === null)?.createdAt.getTime() ?? 0;
describe('draft and versions', () => {
	test('a mistake is kept as typed and publishes nothing; mended, the next version takes the place of the one before', async () => {
		const wrong = changed({ expiry: { kind: 'months', months: 0 } });
		expect(await saveProgramme(house.services, cast.owner, wrong)).toMatchObject({ ok: true, value: { version: 2 } });
		expect(await publishDraft(house.services, cast.owner)).toEqual(
			refused('programme_invalid', { mistake: 'expiry_not_positive', field: 'expiry.months' })
		);
		const ended = { ...aVoucher(), kind: 'gift' as const, until: inDays(-1) };
		await saveProgramme(house.services, cast.owner, changed({ rewards: [ended] }));
		expect(await publishDraft(house.services, cast.owner)).toEqual(
			refused('programme_invalid', { mistake: 'reward_over', field: 'rewards.0.until' })
		);
		expect(await live()).toMatchObject({ version: 1, endedAt: null });
		await saveProgramme(house.services, cast.owner, changed({ expiryNoticeDays: 31 }));
		expect(await publishDraft(house.services, cast.owner)).toMatchObject({ ok: true, value: { version: 2 } });
		expect(await live()).toMatchObject({ version: 2, terms: { expiryNoticeDays: 31 } });
		const before = await inScope(house.services.db, cast.system, (tx) => findProgramme(tx, cast.system, 1));
		expect(before).toMatchObject({ terms: { expiryNoticeDays: 30, costCapMinor: 755n }, endedAt: expect.any(Date) });
	});
	test('two people who save at once have one draft', async () => {
		const other = await aSupplier(house.services, 'acct_canuts', 'Les Canuts');
		const saved = await Promise.all(
			Array.from({ length: 6 }, () => saveProgramme(house.services, other.owner, DEFAULT_PROGRAMME))
		);
		expect(saved.map((one) => one.ok && one.value.version)).toEqual([1, 1, 1, 1, 1, 1]);
		expect(await versions(other)).toHaveLength(1);
		expect(await versions()).toHaveLength(2);
	});
	test('who may only read changes nothing; publishing asks for the right and for a fresh proof', async () => {
		expect(await saveProgramme(house.services, cast.readOnly, DEFAULT_PROGRAMME)).toEqual(refused('not_allowed'));
		expect(await publishDraft(house.services, cast.readOnly)).toEqual(refused('not_allowed'));
		expect(await addCodes(house.services, cast.readOnly, { rewardId: newId(), text: 'A' })).toEqual(
			refused('not_allowed')
		);
		const member = {
			kind: 'member',
			memberId: cast.memberId,
			role: 'accountant',
			provenAt: house.services.clock.now()
		} as const;
		const withheld = mintScope(cast.supplierId, { ...member, withheld: ['publish_offers'] });
		await saveProgramme(house.services, withheld, DEFAULT_PROGRAMME);
		expect(await publishDraft(house.services, withheld)).toEqual(refused('not_allowed'));
		const unproven = mintScope(cast.supplierId, { ...member, role: 'owner', provenAt: null });
		expect(await publishDraft(house.services, unproven)).toEqual(refused('proof_needed'));
		expect(await endProgramme(house.services, unproven, { lastEarnOn: inDays(30), lastSpendOn: inDays(120) })).toEqual(
			refused('proof_needed')
		);
		expect(await live()).toMatchObject({ version: 2 });
		expect(await deleteDraft(house.services, cast.owner, { begunAt: await draftBegunAt() })).toMatchObject({
			ok: true
		});
		expect(await versions()).toHaveLength(2);
	});
});

describe('codes of vouchers', () => {
	const voucher = aVoucher();
	const done = (count: number, leftOut: LeftOut[]) => ({ ok: true, value: { count, leftOut } });
	const add = (text: string, rewardId = voucher.rewardId) => addCodes(house.services, cast.owner, { rewardId, text });
	test('of a list, what can be given is added; a code twice, an empty line, one that the reward has are told by their lines', async () => {
		await saveProgramme(house.services, cast.owner, changed({ rewards: [voucher] }));
		expect(await add('A1\n\na1')).toEqual(
			done(1, [
				{ line: 2, text: '', why: 'empty' },
				{ line: 3, text: 'a1', why: 'twice', same: 1 }
			])
		);
		expect(await add('A2\nA2\n')).toEqual(done(1, [{ line: 2, text: 'A2', why: 'twice', same: 1 }]));
		// Given or not, and in whatever letters: the database has the last word.
		expect(await add('a2\nA1')).toEqual(
			done(0, [
				{ line: 1, text: 'a2', why: 'known' },
				{ line: 2, text: 'A1', why: 'known' }
			])
		);
		expect(await codes()).toEqual(new Map([[voucher.rewardId, { free: 2, given: 0 }]]));
		for (const nothing of ['', ' \n\n ', '\u200B'])
			expect(await add(nothing)).toEqual(refused('codes_invalid', { mistake: 'no_code' }));
		expect(await add(Array.from({ length: 5001 }, (_, i) => `N${i}`).join('\n'))).toEqual(
			refused('codes_invalid', { mistake: 'too_many_codes' })
		);
		expect(await add('B1', newId())).toEqual(refused('not_found'));
		expect(await codes()).toEqual(new Map([[voucher.rewardId, { free: 2, given: 0 }]]));
	});
	test('two lists with the same code at the same time bring it once', async () => {
		const reward = aVoucher();
		await saveProgramme(house.services, cast.owner, changed({ rewards: [voucher, reward] }));
		const answers = await Promise.all(['Z9\nZ1', 'z9\nZ2'].map((text) => add(text, reward.rewardId)));
		const counts = answers.map((answer) => (answer.ok ? answer.value.count : null)).sort();
		expect([counts, (await codes()).get(reward.rewardId)]).toEqual([[1, 2], { free: 3, given: 0 }]);
		// Also of whoever comes past the screen.
		const row = { supplierId: cast.supplierId, rewardId: reward.rewardId, redemptionId: null, addedAt: new Date() };
		await expect(
			inScope(house.services.db, cast.system, (tx) => tx.insert(voucherCode).values({ ...row, code: 'z1' }))
		).rejects.toThrow();
		await dropCodes(house.services, cast.owner, { rewardId: reward.rewardId, atMost: 3 });
		await saveProgramme(house.services, cast.owner, changed({ rewards: [voucher] }));
	});
	test('thrown away with the draft whose reward they are; those of a published reward stay', async () => {
		expect(await publishDraft(house.services, cast.owner)).toMatchObject({ ok: true, value: { version: 3 } });
		const draftOnly = aVoucher();
		await saveProgramme(house.services, cast.owner, changed({ rewards: [voucher, draftOnly] }));
		await add('C1\nC2\nC3', draftOnly.rewardId);
		await deleteDraft(house.services, cast.owner, { begunAt: await draftBegunAt() });
		expect(await codes()).toEqual(new Map([[voucher.rewardId, { free: 2, given: 0 }]]));
		// Whoever said yes to one code throws away one, not what a colleague has added since.
		const drop = (atMost: number) => dropCodes(house.services, cast.owner, { rewardId: voucher.rewardId, atMost });
		expect(await drop(1)).toEqual(refused('codes_changed'));
		expect(await codes()).toEqual(new Map([[voucher.rewardId, { free: 2, given: 0 }]]));
		expect(await drop(2)).toMatchObject({ ok: true, value: { count: 2 } });
	});
});

describe('the end', () => {
	test('is announced 30 days before the last day to earn, with 90 more to use points; sooner is refused with the days', async () => {
		const end = (lastEarnOn: number, lastSpendOn: number, begunAt = 0) =>
			endProgramme(house.services, cast.owner, {
				lastEarnOn: inDays(lastEarnOn),
				lastSpendOn: inDays(lastSpendOn),
				begunAt
			});
		expect(await end(29, 300)).toEqual(
			refused('programme_ends_too_soon', { earnOn: inDays(30), spendOn: inDays(120) })
		);
		expect(await end(40, 129)).toEqual(
			refused('programme_ends_too_soon', { earnOn: inDays(30), spendOn: inDays(130) })
		);
		// A draft goes with the programme if it was seen: not one begun since, with the codes that were only for it.
		const draftOnly = aVoucher();
		await saveProgramme(house.services, cast.owner, changed({ rewards: [draftOnly] }));
		await addCodes(house.services, cast.owner, { rewardId: draftOnly.rewardId, text: 'D1\nD2' });
		expect(await end(30, 120)).toEqual(refused('programme_changed'));
		expect(await end(30, 120, (await draftBegunAt()) - 1)).toEqual(refused('programme_changed'));
		expect([await versions(), await codes()]).toMatchObject([
			{ length: 4 },
			new Map([[draftOnly.rewardId, { free: 2 }]])
		]);
		expect(await end(30, 120, await draftBegunAt())).toMatchObject({ ok: true });
		expect((await codes()).size).toBe(0);
		expect(await versions()).toHaveLength(3);
		expect(await live()).toMatchObject({ version: 3, lastEarnOn: inDays(30), lastSpendOn: inDays(120) });
		expect(await end(60, 200)).toEqual(refused('programme_ending'));
	});
	test('once announced it stands: no draft, no new version', async () => {
		expect(await saveProgramme(house.services, cast.owner, DEFAULT_PROGRAMME)).toEqual(refused('programme_ending'));
		expect(await publishDraft(house.services, cast.owner)).toEqual(refused('programme_ending'));
		expect(await live()).toMatchObject({ version: 3, lastEarnOn: inDays(30) });
	});
});
