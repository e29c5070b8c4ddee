// Who may be a consumer is treated as one, and is asked for nothing that only a professional owes; what is owed is said once, and adds up.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays, civilDate } from '#lib/domain/calendar/civil-date.ts';
import {
	isContradicted,
	isProfessional,
	kindAfter,
	kindSaid,
	mayBeConsumer,
	UNKNOWN_KIND
} from '#lib/domain/invoices/client-kind.ts';
import { payableToday, restOf } from '#lib/domain/invoices/state.ts';
import { add, minor } from '#lib/domain/money/minor.ts';
import { lastLawfulDay } from '#lib/domain/offers/legal.ts';
import { cureDaysFor } from '#lib/domain/plans/failure.ts';

describe('a client of whom nobody knows what it is', () => {
	const terms = { business: 'days_60' as const, isLargeOnlineSeller: false };
	const issuedOn = civilDate('2026-11-01');
	test('is no professional, and may be a consumer', () => {
		expect([isProfessional('unknown'), mayBeConsumer('unknown')]).toEqual([false, true]);
		expect(cureDaysFor('unknown', 8)).toBe(cureDaysFor('consumer', 8));
	});
	test('pays by a day that companies and consumers may both have, and by none while nobody said when it was delivered', () => {
		const day = (deliveredOn: string | null, kind: 'business' | 'consumer' | 'unknown') =>
			lastLawfulDay({ issuedOn, deliveredOn: deliveredOn ? civilDate(deliveredOn) : null }, kind, terms);
		expect(day(null, 'unknown')).toBeNull();
		for (const delivered of ['2026-10-01', '2026-11-01', '2026-11-30']) {
			const both = [day(delivered, 'business'), day(delivered, 'consumer')].sort();
			expect(day(delivered, 'unknown')).toBe(both[0]);
		}
		expect(day('2026-11-30', 'unknown')).toBe(addDays(issuedOn, 60));
	});
	test('is known by a number, by a field, or not at all', () => {
		const none = { siren: null, vatNumber: null };
		expect(kindSaid({ ...none, kind: null })).toEqual(UNKNOWN_KIND);
		expect(kindSaid({ ...none, kind: 'consumer' })).toEqual({ kind: 'consumer', kindFrom: 'file' });
		expect(kindSaid({ siren: '552100554', vatNumber: null, kind: 'consumer' })).toEqual({
			kind: 'business',
			kindFrom: 'identifier'
		});
	});
	test('is learnt of a file; what a person or another file said stands', () => {
		const [company, person] = [
			{ kind: 'business', kindFrom: 'identifier' },
			{ kind: 'consumer', kindFrom: 'person' }
		] as const;
		expect(kindAfter(UNKNOWN_KIND, company)).toEqual({ kind: 'business', kindFrom: 'file' });
		expect(kindAfter(person, company)).toBe(person);
		expect(kindAfter(person, UNKNOWN_KIND)).toBe(person);
		expect(kindAfter(UNKNOWN_KIND, UNKNOWN_KIND)).toEqual({ kind: 'unknown', kindFrom: null });
		expect([isContradicted(person, company), isContradicted(UNKNOWN_KIND, company)]).toEqual([true, false]);
		expect([isContradicted(person, UNKNOWN_KIND), isContradicted(company, company)]).toEqual([false, false]);
	});
});

test('a rest is asked for, being taken, or promised: never more than is owed, and what can be paid today is what is asked for', () => {
	const cents = fc.bigInt({ min: 0n, max: 1_000_000n }).map(minor);
	fc.assert(
		fc.property(
			fc.bigInt({ min: -1000n, max: 1_000_000n }).map(minor),
			cents,
			cents,
			cents,
			(balanceMinor, underWayMinor, promisedMinor, plannedMinor) => {
				const facts = {
					balanceMinor,
					underWayMinor,
					promisedMinor,
					plannedMinor,
					paidMinor: minor(0n),
					receivedMinor: minor(0n),
					dueOn: civilDate('2026-12-01'),
					notPayableReason: null
				};
				const rest = restOf(facts);
				const sum = add(rest.payableMinor, rest.underWayMinor, rest.plannedMinor);
				expect(rest.payableMinor).toBe(payableToday(facts));
				expect(Object.values(rest).every((part) => part >= 0n)).toBe(true);
				expect(sum <= (balanceMinor > 0n ? balanceMinor : 0n)).toBe(true);
			}
		)
	);
});
