// Figures of the law, by day.
import { expect, test } from 'vitest';
import { civilDate } from '#lib/domain/calendar/civil-date.ts';
import { isHeld } from '#lib/domain/invoices/hold.ts';
import { lateRateFloor } from '#lib/domain/offers/legal.ts';
import { isExpired } from '#lib/domain/payments/methods.ts';

test('the least a contract may state as late interest: three times the legal rate of the half-year, the last known one after it', () => {
	const floor = (day: string) => lateRateFloor(civilDate(day)).bps;
	expect(floor('2023-12-31')).toBe(1266);
	expect(floor('2024-06-30')).toBe(1521);
	expect(floor('2025-06-30')).toBe(1113);
	expect(floor('2024-07-01')).toBe(1476);
	expect(floor('2025-12-31')).toBe(828);
	expect(floor('2026-01-01')).toBe(786);
	expect(floor('2027-03-01')).toBe(786);
	expect(floor('2020-01-01')).toBe(618);
});
test('a hold lasts until its last day, a dispute until it is lifted', () => {
	const today = civilDate('2026-11-22');
	expect(isHeld({ holdReason: null, holdUntil: null }, today)).toBe(false);
	expect(isHeld({ holdReason: 'disputed', holdUntil: null }, today)).toBe(true);
	expect(isHeld({ holdReason: 'promised', holdUntil: today }, today)).toBe(true);
	expect(isHeld({ holdReason: 'promised', holdUntil: civilDate('2026-11-21') }, today)).toBe(false);
});
test('a card serves until the last day of its month; an account has no month', () => {
	const card = { expiryMonth: 2, expiryYear: 2028 };
	expect(isExpired(card, civilDate('2028-02-29'))).toBe(false);
	expect(isExpired(card, civilDate('2028-03-01'))).toBe(true);
	expect(isExpired({ expiryMonth: null, expiryYear: null }, civilDate('2099-01-01'))).toBe(false);
});
