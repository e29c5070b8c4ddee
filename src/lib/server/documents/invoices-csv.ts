// Open invoices as CSV, some at a time as they are read, each with the prices its client has today.
import type { PricedInvoice } from '../use-cases/invoices/export-invoices.ts';
import { amountCell, cell, csvOf, dayCell, rowsOf } from './csv.ts';

const HEAD = [
	'Numero',
	'Date',
	'Echeance',
	'Client',
	'Devise',
	'Montant TTC',
	'Reste du',
	'A payer aujourd’hui',
	'Avec escompte',
	'Escompte',
	'Jusqu’au',
	'En 2 fois',
	'En 3 fois'
];

export async function* invoicesCsv(invoices: AsyncIterable<PricedInvoice[]>): AsyncGenerator<string> {
	yield csvOf([HEAD]);
	for await (const some of invoices) yield rowsOf(some.map(rowOf));
}
const rowOf = (one: PricedInvoice): string[] => [
	cell(one.number),
	dayCell(one.issuedOn),
	dayCell(one.dueOn),
	cell(one.clientName),
	one.currency,
	amountCell(one.grossMinor, one.currency),
	amountCell(one.balanceMinor, one.currency),
	amountCell(one.nowMinor, one.currency),
	amountCell(one.early?.amountMinor ?? null, one.currency),
	amountCell(one.early?.discountMinor ?? null, one.currency),
	dayCell(one.early?.lastDay ?? null),
	one.plans.includes(2) ? 'oui' : '',
	one.plans.includes(3) ? 'oui' : ''
];
