// Sentences that were read aloud and were not so: each says now what is.
import { expect, test } from 'vitest';
import { civilDate } from '#lib/domain/calendar/civil-date.ts';
import { minor } from '#lib/domain/money/minor.ts';
import { entryText } from '#lib/i18n/journal.ts';
import { instalmentStatusText } from '#lib/i18n/plans.ts';
import { progressBody } from '#lib/server/http/progress.ts';
import { renderPlanStarted } from '#lib/server/mails/plan-mails.ts';

const refused = (errorCode: string, declineCode: string | null) =>
	progressBody({ attemptId: 'a', status: 'declined', clientSecret: null, errorCode, declineCode }, 'fr').message ?? '';

test('a refused payment says first that it was refused and that nothing was charged, once', () => {
	expect(refused('card_declined', 'insufficient_funds')).toMatch(
		/^Paiement refusé, rien n’a été débité\. Votre banque/
	);
	expect(refused('processing_error', null).match(/rien n’a été débité/g)).toHaveLength(1);
});
test('a part of a plan whose debits are suspended does not say that it will be taken', () => {
	const instalment = { status: 'scheduled' as const, retryOn: null };
	const said = (status: 'active' | 'paused', isHeld: boolean) =>
		instalmentStatusText(instalment, { needs: null, status, isHeld }, 'fr');
	expect(said('active', false)).toBe('sera prélevée automatiquement');
	expect([said('paused', false), said('active', true)]).toEqual(['prélèvement suspendu', 'prélèvement suspendu']);
});
test('the mail of a plan paid by card says nothing of SEPA debits; one paid by debit does', () => {
	const to = {
		locale: 'fr' as const,
		name: 'Paul',
		email: 'paul@roche.example',
		supplier: {
			name: 'Atelier Lumen',
			legalName: 'ATELIER LUMEN SARL',
			contactName: 'Claire',
			contactEmail: 'c@l.example',
			address: { lines: [], postalCode: '69001', town: 'Lyon', country: 'FR' },
			hue: 165
		}
	};
	const mail = (mandate: string | null) =>
		renderPlanStarted(to as unknown as Parameters<typeof renderPlanStarted>[0], {
			numbers: 'F1',
			amountMinor: minor(2_00n),
			currency: 'EUR',
			url: 'https://a.example/p',
			instalments: [{ dueOn: civilDate('2026-11-26'), amountMinor: minor(2_00n) }],
			methodLabel: 'Visa •••• 4242',
			mandate
		}).text;
	expect(mail(null)).not.toMatch(/SEPA/);
	expect(mail('PONCTUEL1')).toMatch(/SEPA/);
});
test('a credit note that was brought in is not called an invoice in the journal', () => {
	expect(entryText({ kind: 'invoice_opened', isCredit: true }, 'fr')).toBe('Avoir importé');
	expect(entryText({ kind: 'invoice_opened', isCredit: false }, 'fr')).toBe('Facture importée');
});
