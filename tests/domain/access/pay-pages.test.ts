// Stripe’s origins are in the policy where one pays, and nowhere else.
import { expect, test } from 'vitest';
import { stripeMayCome } from '#lib/contract/pay-pages.ts';
import { policyOf } from '#lib/server/http/content-policy.ts';

const KIT =
	"default-src 'self'; script-src 'self' 'nonce-x'; connect-src 'self'; frame-src 'self'; require-trusted-types-for 'script'; trusted-types svelte-trusted-html ponctuel";
test('Stripe may come to three pages, and never where the token of a link is in the address', () => {
	const id = '019abcde-1234-7abc-8def-0123456789ab';
	expect(stripeMayCome('/(pay)/p/[token]', { token: id })).toBe(true);
	expect(stripeMayCome('/(portal)/portail/payer', {})).toBe(true);
	expect(stripeMayCome('/(portal)/portail/compte', {})).toBe(true);
	expect(stripeMayCome('/(pay)/p/[token]', { token: 'a'.repeat(43) })).toBe(false);
	for (const route of [null, '/', '/connexion', '/(portal)/portail', '/(admin)/admin', '/(pay)/retour/[attemptId]'])
		expect(stripeMayCome(route, {})).toBe(false);
});
test('elsewhere no origin but our own is named, and strings never become scripts', () => {
	const { policy, reportOnly } = policyOf(KIT, { sandbox: null }, false);
	expect(policy).not.toMatch(/https?:/);
	expect(policy).toContain("require-trusted-types-for 'script'");
	expect([policy.includes('report-to csp'), reportOnly]).toEqual([true, null]);
});
test('where one pays, script, frames and connections of Stripe are let in, and strings that become scripts are told', () => {
	const { policy, reportOnly } = policyOf(KIT, { sandbox: null }, true);
	expect(policy).toContain("script-src 'self' 'nonce-x' https://js.stripe.com https://*.js.stripe.com;");
	expect(policy).toContain("connect-src 'self' https://api.stripe.com;");
	expect(policy).toContain("frame-src 'self' https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com");
	expect(policy).not.toContain('trusted-types');
	expect(reportOnly).toMatch(/^require-trusted-types-for 'script'; .*report-to csp$/);
});
test('in the demo the stand-in’s origins stand in Stripe’s place, and only there', () => {
	const sandbox = {
		apiUrl: 'http://127.0.0.1:1',
		jsUrl: 'http://localhost:2',
		mailboxUrl: 'http://127.0.0.1:3',
		loyaltyUrl: 'http://127.0.0.1:4'
	};
	expect(policyOf(KIT, { sandbox }, true).policy).not.toContain('stripe.com');
	expect(policyOf(KIT, { sandbox }, false).policy).not.toMatch(/https?:/);
});
