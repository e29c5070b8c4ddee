// What a credit note says, read from its PDF: why it was given, what follows for VAT, and which way its amounts count.
import { PDFiumLibrary } from '@hyzyla/pdfium';
import { expect, test } from 'vitest';
import { civilDate } from '#lib/domain/calendar/civil-date.ts';
import { minor } from '#lib/domain/money/minor.ts';
import { renderCreditNotePdf } from '#lib/server/documents/credit-note-pdf.ts';
import type { CreditNote } from '#lib/server/use-cases/payments/read-credit-note.ts';

async function textOf(note: Pick<CreditNote, 'kind' | 'reason'>, locale: 'fr' | 'en' = 'fr'): Promise<string> {
	const bytes = await renderCreditNotePdf(
		{
			...note,
			documentNumber: 'AV-2026-00007',
			cancelsNumber: note.kind === 'voided' ? 'AV-2026-00003' : null,
			supplier: {
				name: 'Atelier Lumen',
				legalForm: null,
				phone: null,
				logo: null,
				legalName: 'Atelier Lumen SARL',
				siren: '552100554',
				vatNumber: 'FR96552100554',
				address: ['1 rue de la Paix', '69001 Lyon'],
				brandHue: 165
			},
			client: { name: 'Menuiserie Roche', siren: null, vatNumber: null },
			number: 'F-1',
			issuedOn: civilDate('2026-11-02'),
			happenedOn: civilDate('2026-11-20'),
			amountMinor: minor(2_400n),
			currency: 'EUR',
			vat: [{ rateBps: 2000, grossMinor: minor(2_400n), vatMinor: minor(400n) }]
		},
		locale
	);
	const library = await PDFiumLibrary.init();
	const document = await library.loadDocument(bytes);
	const text = [...document.pages()].map((page) => page.getText()).join(' ');
	document.destroy();
	library.destroy();
	return text.replace(/\s+/g, ' ');
}

const REDUCTION = 'Réduction de prix qui diminue la base de la TVA';
const RETURN = 'Vente annulée ou rendue, en tout ou en partie : sa part sort de la base de la TVA';
const RESTORED = 'L’avoir annulé ne diminue plus la base de la TVA : elle est rétablie des mêmes montants';
test.each([
	['granted', 'early', 'Escompte pour paiement anticipé, accordé le 20 novembre 2026', REDUCTION],
	['granted', 'forgiven', 'Échéance abandonnée par le fournisseur le 20 novembre 2026', REDUCTION],
	['granted', 'goodwill', 'Geste commercial, remboursé le 20 novembre 2026', REDUCTION],
	['granted', 'returned', 'Commande annulée ou rendue, remboursée le 20 novembre 2026', RETURN],
	['voided', 'early', 'Le paiement est revenu le 20 novembre 2026 : l’escompte est annulé', RESTORED],
	['voided', 'goodwill', 'Le remboursement n’a pas abouti le 20 novembre 2026 : l’avoir est annulé', RESTORED],
	['voided', 'returned', 'Le remboursement n’a pas abouti le 20 novembre 2026 : l’avoir est annulé', RESTORED]
] as const)('%s, %s: the reason and what the law makes of it, and of no other', async (kind, reason, why, law) => {
	const text = await textOf({ kind, reason });
	expect(text).toContain(why);
	expect([REDUCTION, RETURN, RESTORED].filter((one) => text.includes(one))).toEqual([law]);
});
test('takes off what is owed, and its cancellation puts it back, at the VAT of the invoice', async () => {
	const given = await textOf({ kind: 'granted', reason: 'early' });
	for (const amount of ['-20,00 €', '-4,00 €', '-24,00 €']) expect(given).toContain(amount);
	const canceled = await textOf({ kind: 'voided', reason: 'early' });
	expect(canceled).toContain('AV-2026-00003');
	expect(canceled).not.toMatch(/[-−](20|4|24),00/);
	for (const amount of ['20,00 €', '4,00 €', '24,00 €']) expect(canceled).toContain(amount);
});
test('in English for whoever reads English', async () => {
	const text = await textOf({ kind: 'granted', reason: 'returned' }, 'en');
	expect(text).toContain('Sale cancelled or returned, in whole or in part: its share leaves the taxable amount');
	expect(text).not.toContain('TVA');
});
