// Points can't be gamed: whatever is cut in pieces, paid late, sent back, used and given back, in any order and twice, nobody has more than for paying once,
// on time. Random histories, shrunk when one breaks a promise.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays, civilDate, daysBetween, type CivilDate } from '#lib/domain/calendar/civil-date.ts';
import { minor } from '#lib/domain/money/minor.ts';
import { creditOn, mostPoints } from '#lib/domain/points/credit.ts';
import { lastDayOfPoints } from '#lib/domain/points/expiry.ts';
import { lastDayGivenBack, splitByEnd, type GivenBackBy, type GivenLot } from '#lib/domain/points/given-back.ts';
import { judgeAct, scaled, type Act } from '#lib/domain/points/judge.ts';
import { bookedAfter, converge, leftOf, takeFrom, type Booked, type Taken } from '#lib/domain/points/ledger.ts';
import { withinLimits } from '#lib/domain/points/limits.ts';
import { pointsPreview } from '#lib/domain/points/preview.ts';
import type { EarningRule } from '#lib/domain/points/programme.ts';
import { afterInvoice, verdictOfInvoice } from '#lib/domain/points/streak.ts';

const RUNS = { numRuns: 1000 };
const DUE = civilDate('2026-12-01');
const rules: fc.Arbitrary<EarningRule> = fc.record({
	pointsPer: fc.record({
		points: fc.integer({ min: 1, max: 50 }),
		euroMinor: fc.integer({ min: 1, max: 5000 }).map((n) => minor(BigInt(n)))
	}),
	basis: fc.constantFrom('with_vat', 'without_vat'),
	minInvoiceMinor: fc.constantFrom(minor(0n), minor(50_000n)),
	excludes: fc.constantFrom([], ['deposits']),
	early: fc.option(
		fc.record({
			bpsPerDay: fc.integer({ min: 1, max: 1000 }),
			maxDays: fc.integer({ min: 1, max: 60 }),
			withDiscount: fc.boolean()
		})
	),
	streak: fc.constant(null),
	sepa: fc.integer({ min: 0, max: 50 }),
	planFinished: fc.constant(0),
	firstOnline: fc.constant(0),
	maxPerInvoice: fc.option(fc.integer({ min: 1, max: 500 })),
	maxPerPeriod: fc.option(
		fc.record({ points: fc.integer({ min: 1, max: 2000 }), period: fc.constantFrom('month', 'year') })
	),
	closedDay: fc.constantFrom('same_day', 'next_business_day')
});
const acts: fc.Arbitrary<Act> = fc
	.record({
		amount: fc.integer({ min: 1, max: 500_000 }),
		more: fc.integer({ min: 0, max: 500_000 }),
		netShare: fc.integer({ min: 0, max: 100 }),
		days: fc.integer({ min: -40, max: 40 }),
		isSepa: fc.boolean(),
		isDeposit: fc.boolean(),
		isFactored: fc.boolean(),
		isSettlement: fc.boolean(),
		isHeld: fc.boolean(),
		isDiscounted: fc.boolean(),
		multiplierBps: fc.constantFrom(10_000, 12_500, 20_000)
	})
	.map(({ amount, more, netShare, days, ...flags }) => {
		const debt = BigInt(amount + more);
		return {
			...flags,
			amountMinor: minor(BigInt(amount)),
			debtMinor: minor(debt),
			netMinor: minor((debt * BigInt(netShare)) / 100n),
			dueOn: DUE,
			actedOn: addDays(DUE, -days)
		};
	});
const total = (rule: EarningRule, act: Act): number => {
	const { base, early, sepa } = judgeAct(rule, act);
	return base + early + sepa;
};

describe('one act', () => {
	test('cut into pieces earns no more than whole, limits or not', () =>
		fc.assert(
			fc.property(
				rules,
				acts,
				fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 6 }),
				(rule, act, weights) => {
					const sum = BigInt(weights.reduce((a, b) => a + b, 0));
					let left: bigint = act.amountMinor;
					const pieces = weights.map((weight, i) => {
						const piece = i === weights.length - 1 ? left : (act.amountMinor * BigInt(weight)) / sum;
						left -= piece;
						return minor(piece);
					});
					let had = 0;
					for (const amountMinor of pieces)
						had += withinLimits(rule, total(rule, { ...act, amountMinor }), { ofInvoice: had, ofPeriod: had });
					const whole = withinLimits(rule, total(rule, act), { ofInvoice: 0, ofPeriod: 0 });
					expect(had).toBeLessThanOrEqual(whole);
				}
			),
			RUNS
		));
	// Found by the property: what one act could give at most was less than what its pieces could.
	test('the most generous rule gives pieces no more than the whole', () => {
		const rule: EarningRule = {
			pointsPer: { points: 1, euroMinor: minor(1n) },
			basis: 'with_vat',
			minInvoiceMinor: minor(0n),
			excludes: [],
			early: { bpsPerDay: 802, maxDays: 30, withDiscount: true },
			streak: null,
			sepa: 0,
			planFinished: 0,
			firstOnline: 0,
			maxPerInvoice: null,
			maxPerPeriod: null,
			closedDay: 'same_day'
		};
		const of = (amount: bigint): number =>
			total(rule, {
				amountMinor: minor(amount),
				debtMinor: minor(415_629n),
				netMinor: null,
				dueOn: DUE,
				actedOn: addDays(DUE, -30),
				isSepa: false,
				isDeposit: false,
				isFactored: false,
				isSettlement: false,
				isHeld: false,
				isDiscounted: false,
				multiplierBps: 10_000
			});
		expect(of(207_814n) + of(207_815n)).toBeLessThanOrEqual(of(415_629n));
	});
	test('a day later never earns more, and after the due day nothing', () =>
		fc.assert(
			fc.property(rules, acts, (rule, act) => {
				const later = total(rule, { ...act, actedOn: addDays(act.actedOn, 1) });
				expect(later).toBeLessThanOrEqual(total(rule, act));
				expect(total(rule, { ...act, actedOn: addDays(DUE, 8) })).toBe(0);
			}),
			RUNS
		));
	test('what goes back takes at least its share, and all of it takes all', () =>
		fc.assert(
			fc.property(
				fc.nat(100_000),
				fc.integer({ min: 1, max: 1_000_000 }),
				fc.nat(1_000_000),
				(points, amount, gone) => {
					const of = (standing: number) =>
						scaled(points, { standingMinor: minor(BigInt(standing)), amountMinor: minor(BigInt(amount)) });
					const standing = Math.max(0, amount - gone);
					expect(of(standing) * amount).toBeLessThanOrEqual(points * standing);
					expect([of(amount), of(0), of(-5)]).toEqual([points, 0, 0]);
				}
			),
			RUNS
		));
	test('is what the page said before, for a choice paid at once', () =>
		fc.assert(
			fc.property(rules, acts, (rule, act) => {
				const { amountMinor, debtMinor, netMinor, dueOn, actedOn, isDeposit, isFactored, isHeld } = act;
				const said = pointsPreview(
					{ earning: rule, multiplierBps: act.multiplierBps, givenInPeriod: 0, lastEarnOn: null },
					{
						invoices: [{ invoiceId: 'a', dueOn, debtMinor, netMinor, isDeposit, isFactored, isHeld }],
						today: actedOn,
						option: {
							instalments: [{ dueOn: actedOn, lines: [{ invoiceId: 'a', amountMinor }] }],
							discounts: act.isDiscounted ? [{ invoiceId: 'a', reason: 'early' }] : [],
							isSettlement: act.isSettlement
						}
					}
				);
				const given = withinLimits(rule, total(rule, { ...act, isSepa: true }), { ofInvoice: 0, ofPeriod: 0 });
				expect((said?.points ?? 0) + (said?.sepa ?? 0)).toBe(given);
			}),
			RUNS
		));
});

/** What a client and its supplier can do to a balance, in any order. */
type Step =
	| { does: 'earn'; award: number; points: number; isFinal: boolean; days: number }
	| { does: 'reverse'; award: number; left: number }
	| { does: 'spend'; points: number }
	| { does: 'give_back'; which: number; by: GivenBackBy; held: number }
	| { does: 'adjust'; points: number }
	| { does: 'expire'; days: number };
const steps: fc.Arbitrary<Step[]> = fc.array(
	fc.oneof(
		fc.record({
			does: fc.constant('earn' as const),
			award: fc.nat(5),
			points: fc.nat(300),
			isFinal: fc.boolean(),
			days: fc.integer({ min: 1, max: 60 })
		}),
		fc.record({ does: fc.constant('reverse' as const), award: fc.nat(5), left: fc.nat(100) }),
		fc.record({ does: fc.constant('spend' as const), points: fc.integer({ min: 1, max: 300 }) }),
		fc.record({
			does: fc.constant('give_back' as const),
			which: fc.nat(5),
			by: fc.constantFrom('supplier' as const, 'payment' as const),
			held: fc.nat(60)
		}),
		fc.record({ does: fc.constant('adjust' as const), points: fc.integer({ min: 1, max: 100 }) }),
		fc.record({ does: fc.constant('expire' as const), days: fc.nat(70) })
	),
	{ maxLength: 60 }
);
class Client {
	balance = 0;
	pending = 0;
	lots: (GivenLot & { source: string })[] = [];
	awards = new Map<number, Booked & { full: number; isFinal: boolean; endsOn: CivilDate }>();
	spent: { taken: Taken[]; isBack: boolean }[] = [];
	adjusted = 0;
	expired = 0;
	#next = 0;
	#save(changes: readonly { entryId: string; left: number }[]) {
		for (const change of changes)
			this.lots = this.lots.map((lot) => (lot.entryId === change.entryId ? { ...lot, left: change.left } : lot));
	}
	#add(points: number, source: string, expiresOn: CivilDate | null) {
		this.lots.push({
			entryId: `e${this.#next++}`,
			expiresOn,
			left: leftOf(this.balance, points),
			ofEntryId: null,
			source
		});
		this.balance += points;
	}
	#sourceOf(entryId: string) {
		return this.lots.find((lot) => lot.entryId === entryId)?.source ?? '';
	}
	#take(points: number, own: string[]) {
		const { changes, taken } = takeFrom(
			this.lots.filter((lot) => lot.left > 0),
			points,
			new Set(own)
		);
		this.#save(changes);
		this.balance -= points;
		return taken;
	}
	settle(award: number, points: number, isFinal: boolean) {
		const known = this.awards.get(award);
		if (!known) return [];
		const steps = converge(known, { points, isFinal });
		for (const step of steps) {
			this.pending += step.pendingPoints;
			if (step.points > 0) this.#add(step.points, `a${award}`, known.endsOn);
			if (step.points < 0)
				this.#take(
					-step.points,
					this.lots.filter((lot) => lot.source === `a${award}`).map((lot) => lot.entryId)
				);
		}
		Object.assign(known, bookedAfter(known, steps));
		return steps;
	}
	play(step: Step) {
		if (step.does === 'earn') {
			if (!this.awards.has(step.award))
				this.awards.set(step.award, {
					pendingPoints: 0,
					earnedPoints: 0,
					full: step.points,
					isFinal: false,
					endsOn: addDays(DUE, step.days)
				});
			const award = this.awards.get(step.award)!;
			award.isFinal ||= step.isFinal;
			this.settle(step.award, award.full, award.isFinal);
		} else if (step.does === 'reverse') {
			const award = this.awards.get(step.award);
			if (award) this.settle(step.award, Math.floor((award.full * step.left) / 100), award.isFinal);
		} else if (step.does === 'spend') {
			if (step.points <= this.balance) this.spent.push({ taken: this.#take(step.points, []), isBack: false });
		} else if (step.does === 'give_back') {
			const one = this.spent[step.which];
			if (!one || one.isBack) return;
			one.isBack = true;
			const today = addDays(DUE, step.held);
			const back = splitByEnd(this.lots, one.taken, {
				balance: this.balance,
				endOf: (lot) => lastDayGivenBack(lot, { by: step.by, takenOn: DUE, today })
			});
			this.#save(back.changes);
			for (const { points: _, ...lot } of back.later)
				this.lots.push({ ...lot, entryId: `e${this.#next++}`, source: this.#sourceOf(lot.ofEntryId) });
			this.balance += one.taken.reduce((sum, { points }) => sum + points, 0);
		} else if (step.does === 'adjust') {
			this.adjusted += step.points;
			this.#add(step.points, `j${this.#next}`, null);
		} else
			for (const lot of this.lots.filter(
				(one) => one.left > 0 && one.expiresOn && one.expiresOn < addDays(DUE, step.days)
			)) {
				this.expired += lot.left;
				this.#take(lot.left, [lot.entryId]);
			}
	}
	get earned() {
		return [...this.awards.values()].reduce((sum, award) => sum + award.earnedPoints, 0);
	}
	get used() {
		return this.spent
			.filter((one) => !one.isBack)
			.reduce((sum, one) => sum + one.taken.reduce((a, { points }) => a + points, 0), 0);
	}
}

describe('a history of a client', () => {
	test('adds up after each step, and what was used was earned by money that stands, or is owed', () =>
		fc.assert(
			fc.property(steps, (history) => {
				const client = new Client();
				for (const step of history) {
					client.play(step);
					const left = client.lots.reduce((sum, lot) => sum + lot.left, 0);
					expect(left).toBe(Math.max(0, client.balance));
					expect(client.lots.every((lot) => lot.left >= 0)).toBe(true);
					expect(client.pending).toBe([...client.awards.values()].reduce((sum, award) => sum + award.pendingPoints, 0));
					expect(client.pending).toBeGreaterThanOrEqual(0);
					// Nothing comes from nowhere: what is there and what was used is what stands, less what expired.
					expect(client.balance + client.used).toBe(client.earned + client.adjusted - client.expired);
				}
			}),
			RUNS
		));
	test('told twice is told once', () =>
		fc.assert(
			fc.property(steps, (history) => {
				const client = new Client();
				for (const step of history) {
					client.play(step);
					if (step.does !== 'earn' && step.does !== 'reverse') continue;
					const award = client.awards.get(step.award);
					if (!award) continue;
					const target = award.pendingPoints + award.earnedPoints;
					expect(client.settle(step.award, target, award.isFinal && award.pendingPoints === 0)).toEqual([]);
				}
			}),
			RUNS
		));
	test('all of its money sent back, and nothing used: nothing is left but what was given by hand', () =>
		fc.assert(
			fc.property(steps, (history) => {
				const client = new Client();
				for (const step of history.filter(({ does }) => does !== 'expire')) client.play(step);
				for (let which = 0; which < client.spent.length; which++)
					client.play({ does: 'give_back', which, by: 'supplier', held: 40 });
				for (const award of client.awards.keys()) client.play({ does: 'reverse', award, left: 0 });
				expect([client.balance, client.pending]).toEqual([client.adjusted, 0]);
			}),
			RUNS
		));
});

describe('points that are given back', () => {
	/** Wait so many days, spend them, have them back after so many more: what of their time was theirs, and each end that they had. */
	type Turn = { wait: number; held: number; by: GivenBackBy };
	const turns = (by: fc.Arbitrary<GivenBackBy>) =>
		fc.array(fc.record({ wait: fc.nat(40), held: fc.nat(400), by }), { maxLength: 30 });
	const play = (days: number, list: readonly Turn[]): { usable: number; ends: string[] } => {
		let today = DUE;
		let lot: GivenLot = { entryId: 'e', expiresOn: addDays(DUE, days), left: 1, ofEntryId: null };
		let usable = 0;
		const ends = [String(lot.expiresOn)];
		const rest = (): number => Math.max(0, daysBetween(today, lot.expiresOn!));
		for (const { wait, held, by } of list) {
			const takenOn = addDays(today, wait);
			if (takenOn > lot.expiresOn!) break;
			usable += wait;
			today = addDays(takenOn, held);
			const taken = [{ entryId: lot.entryId, points: 1 }];
			const back = splitByEnd([{ ...lot, left: 0 }], taken, {
				balance: 0,
				endOf: (one) => lastDayGivenBack(one, { by, takenOn, today })
			});
			const [later] = back.later;
			if (!later) continue;
			lot = { entryId: `${lot.entryId}+`, expiresOn: later.expiresOn, left: 1, ofEntryId: later.ofEntryId };
			ends.push(String(lot.expiresOn));
		}
		return { usable: usable + rest(), ends };
	};
	test('by payments that fail, in any number: no more days than they had, and another end at most once', () =>
		fc.assert(
			fc.property(fc.nat(900), turns(fc.constant('payment' as const)), (days, list) => {
				const { usable, ends } = play(days, list);
				expect(usable).toBeLessThanOrEqual(days);
				expect(ends.length).toBeLessThanOrEqual(2);
			}),
			RUNS
		));
	test('by a supplier that can’t give what they were spent on, in any number: a month more at most, and no end comes nearer', () =>
		fc.assert(
			fc.property(fc.nat(900), turns(fc.constantFrom('supplier', 'payment')), (days, list) => {
				const { usable, ends } = play(days, list);
				expect(usable).toBeLessThanOrEqual(days + 31);
				expect(ends).toEqual([...ends].sort());
			}),
			RUNS
		));
	test('by the supplier, for the first time: at least a month, whatever is left of their time', () =>
		fc.assert(
			fc.property(fc.integer({ min: -400, max: 400 }), fc.nat(400), (days, held) => {
				const today = addDays(DUE, held);
				const lot = { expiresOn: addDays(DUE, days), ofEntryId: null };
				const end = lastDayGivenBack(lot, { by: 'supplier', takenOn: DUE, today })!;
				expect(daysBetween(today, end)).toBeGreaterThanOrEqual(28);
				expect(lastDayGivenBack({ ...lot, expiresOn: null }, { by: 'supplier', takenOn: DUE, today })).toBeNull();
			}),
			RUNS
		));
	test('only those whose end is near get another one, and a debt is paid by those that end first', () => {
		const lots: GivenLot[] = [
			{ entryId: 'near', expiresOn: addDays(DUE, 3), left: 0, ofEntryId: null },
			{ entryId: 'far', expiresOn: addDays(DUE, 300), left: 5, ofEntryId: null }
		];
		const taken = [
			{ entryId: 'near', points: 10 },
			{ entryId: 'far', points: 20 }
		];
		const endOf = (lot: GivenLot) => lastDayGivenBack(lot, { by: 'supplier', takenOn: DUE, today: addDays(DUE, 5) });
		expect(splitByEnd(lots, taken, { balance: -4, endOf })).toEqual({
			points: 20,
			changes: [{ entryId: 'far', left: 25 }],
			later: [{ ofEntryId: 'near', points: 10, left: 6, expiresOn: civilDate('2027-01-06') }]
		});
	});
});

describe('the series', () => {
	const verdicts = fc.array(fc.constantFrom('on_time' as const, 'late' as const, 'neutral' as const), {
		maxLength: 60
	});
	const bonuses = (list: readonly ('on_time' | 'late' | 'neutral')[], length: number): number => {
		let series = { streak: 0, neutrals: 0 };
		let count = 0;
		for (const verdict of list) {
			const { completes, ...next } = afterInvoice(series, verdict, length);
			series = next;
			if (completes) count += 1;
		}
		return count;
	};
	test('gives one bonus for so many on time, and contesting instead of paying on time never gives more', () =>
		fc.assert(
			fc.property(verdicts, fc.integer({ min: 1, max: 12 }), (list, length) => {
				const onTime = list.filter((one) => one === 'on_time').length;
				expect(bonuses(list, length)).toBeLessThanOrEqual(Math.floor(onTime / length));
				expect(
					bonuses(
						list.map(() => 'neutral' as const),
						length
					)
				).toBe(0);
			}),
			RUNS
		));
	test('does not survive being contested again and again', () => {
		const again = ['on_time', 'on_time', 'neutral', 'neutral', 'neutral', 'on_time'] as const;
		expect(bonuses(again, 3)).toBe(0);
		expect(bonuses(['on_time', 'on_time', 'neutral', 'neutral', 'on_time'], 3)).toBe(1);
	});
	test('an invoice is what the worst of its payments was', () => {
		expect(verdictOfInvoice(['on_time', 'late', 'neutral'])).toBe('late');
		expect(verdictOfInvoice(['on_time', 'neutral'])).toBe('neutral');
		expect([verdictOfInvoice([]), verdictOfInvoice(['on_time', 'excluded'])]).toEqual([null, null]);
	});
});

describe('less to pay', () => {
	const credits = fc.record({
		rule: fc.record({
			points: fc.integer({ min: 1, max: 500 }),
			valueMinor: fc.integer({ min: 1, max: 10_000 }).map((n) => minor(BigInt(n))),
			maxShareBps: fc.integer({ min: 1, max: 10_000 })
		}),
		available: fc.nat(5000),
		payable: fc.integer({ min: 1, max: 300_000 }).map((n) => minor(BigInt(n)))
	});
	test('never below what can be charged, never above its share, never more than there is; and the page offers the most', () =>
		fc.assert(
			fc.property(credits, fc.nat(20), ({ rule, available, payable }, stepCount) => {
				const of = { payableMinor: payable, priceMinor: payable };
				const used = creditOn({ points: stepCount * rule.points, available, rule, isFrozen: false }, of);
				if (typeof used !== 'string') {
					expect(payable - used.valueMinor).toBeGreaterThanOrEqual(50n);
					expect(used.valueMinor * 10_000n).toBeLessThanOrEqual(payable * BigInt(rule.maxShareBps));
					expect(used.points).toBeLessThanOrEqual(available);
				}
				const most = mostPoints({ available, rule, isFrozen: false }, of);
				if (most > 0) expect(typeof creditOn({ points: most, available, rule, isFrozen: false }, of)).toBe('object');
				expect(typeof creditOn({ points: most + rule.points, available, rule, isFrozen: false }, of)).toBe('string');
			}),
			RUNS
		));
});

test('of one euro, fifty cents stay to be paid', () => {
	const rule = { points: 1, valueMinor: minor(1n), maxShareBps: 10_000 };
	const of = { payableMinor: minor(100n), priceMinor: minor(100n) };
	expect(mostPoints({ available: 500, rule, isFrozen: false }, of)).toBe(50);
	expect(creditOn({ points: 51, available: 500, rule, isFrozen: false }, of)).toBe('points_over_share');
	expect(mostPoints({ available: 500, rule, isFrozen: true }, of)).toBe(0);
});

describe('their end', () => {
	test('is after the day they were earned, whatever the rule', () =>
		fc.assert(
			fc.property(
				fc.oneof(
					fc.record({ kind: fc.constant('months' as const), months: fc.integer({ min: 1, max: 60 }) }),
					fc.record({
						kind: fc.constant('yearly' as const),
						month: fc.integer({ min: 1, max: 12 }),
						day: fc.integer({ min: 1, max: 31 }),
						minMonths: fc.integer({ min: 1, max: 12 })
					})
				),
				fc.nat(800),
				(rule, days) => {
					const earnedOn = addDays(DUE, days);
					const end = lastDayOfPoints(rule, earnedOn)!;
					expect(end > earnedOn).toBe(true);
					if (rule.kind === 'yearly')
						expect(lastDayOfPoints({ kind: 'months', months: rule.minMonths }, earnedOn)! <= end).toBe(true);
				}
			),
			RUNS
		));
	test('on a fixed day of the year, the first one far enough away; the 30th of February is its last day', () => {
		const end = (month: number, day: number, minMonths: number) =>
			lastDayOfPoints({ kind: 'yearly', month, day, minMonths }, civilDate('2026-11-25'));
		expect([end(1, 31, 3), end(3, 31, 3), end(2, 30, 1)]).toEqual(['2028-01-31', '2027-03-31', '2027-02-28']);
		expect(lastDayOfPoints(null, DUE)).toBeNull();
	});
});
