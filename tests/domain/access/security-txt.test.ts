// Whoever finds a weakness finds whom to tell, and the address is never out of date.
import { expect, test } from 'vitest';
import { securityTxt } from '#lib/server/http/security-txt.ts';

const config = { securityContact: 'mailto:security@example.com', origin: 'https://pay.example.com' };
test('security.txt names whom to write to, is good for weeks and for less than a year, on any day', () => {
	for (const day of ['2026-11-25T23:59:59Z', '2028-02-29T00:00:00Z', '2031-12-31T12:00:00Z']) {
		const now = new Date(day);
		const text = securityTxt(config, now);
		expect(text).toMatch(/^Contact: mailto:security@example\.com$/m);
		expect(text).toMatch(/^Canonical: https:\/\/pay\.example\.com\/\.well-known\/security\.txt$/m);
		const days = (Date.parse(/^Expires: (.+)$/m.exec(text)![1]!) - now.getTime()) / 86_400_000;
		expect(days).toBeGreaterThan(30);
		expect(days).toBeLessThan(365);
	}
});
