// What the security log says of each event is for the owner of a company, not for a programmer.
import { describe, expect, test } from 'vitest';
import { securityDetailText } from '#lib/i18n/security.ts';

/** Spaces that hold on are spaces here. */
const said = (detail: Record<string, string>, locale: 'fr' | 'en') =>
	securityDetailText(detail, locale).replaceAll(/[\u00a0\u202f]/g, ' ');

describe('the details of the security log', () => {
	test('say rights, roles and scopes in words, in the order one reads them', () => {
		expect(said({ email: 'a@b.example', client: 'Roche', receives: 'true', sees: 'false', pays: 'true' }, 'fr')).toBe(
			'Roche · a@b.example · Reçoit les factures : oui · Voit toutes les factures : non · Peut payer : oui'
		);
		expect(said({ role: 'accountant', before: 'owner', person: 'Hugo' }, 'en')).toBe(
			'Hugo · Accountant · before: Owner'
		);
		expect(said({ name: 'ERP', scopes: 'import read' }, 'fr')).toBe(
			'ERP · déposer des factures, lire les factures et les imports'
		);
		expect(said({ refund: 'false', publish: 'true' }, 'en')).toBe('Refund payments: no · Publish and end offers: yes');
		expect(said({ before: 'FR76 … 0189', after: 'FR76 … 1234' }, 'fr')).toBe(
			'avant : FR76 … 0189 · maintenant : FR76 … 1234'
		);
	});
	test('show an address as the address bar does, and nothing that only a program knows', () => {
		const refused = { method: 'GET', route: '/(admin)/admin/factures/[id]', code: 'not_found' };
		expect(said(refused, 'fr')).toBe('/admin/factures/…');
		expect(said({ limit: 'sign_in_code_ip' }, 'fr')).toBe('connexions');
		expect(said({ limit: 'page_report', more: 'yes' }, 'en')).toBe('and more times after that');
	});
	test('say by which means after what it was about', () => {
		expect(said({ means: 'passkey', name: 'iPhone' }, 'fr')).toBe('iPhone · par clé d’accès');
	});
});
