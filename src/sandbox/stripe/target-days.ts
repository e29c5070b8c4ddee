// The sandbox's own reading of the TARGET calendar (it shares no code with the application it tests).
const FIXED = new Set(['01-01', '05-01', '12-25', '12-26']);
/** Good Friday and Easter Monday, from the European Central Bank's published calendars. */
const EASTER = new Set([
	'2025-04-18',
	'2025-04-21',
	'2026-04-03',
	'2026-04-06',
	'2027-03-26',
	'2027-03-29',
	'2028-04-14',
	'2028-04-17',
	'2029-03-30',
	'2029-04-02',
	'2030-04-19',
	'2030-04-22'
]);
export function isTargetDay(day: Date): boolean {
	const text = day.toISOString().slice(0, 10);
	return day.getUTCDay() !== 0 && day.getUTCDay() !== 6 && !FIXED.has(text.slice(5)) && !EASTER.has(text);
}
