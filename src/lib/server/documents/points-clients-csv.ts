// Clients with their points as CSV: what the balance may still cost, and invoices past their due day with those paid on time, before the programme and since.
import type { Locale } from '../../domain/money/format.ts';
import type { ProgrammeTerms } from '../../domain/points/programme.ts';
import { worthOf } from '../../domain/points/simulate.ts';
import type { ClientWithSides } from '../use-cases/points/read-figures.ts';
import { amountCell, cell, csvOf, rowsOf } from './csv.ts';

const HEAD = [
	'Client',
	'Solde',
	'En attente',
	'Gagnes sur 12 mois',
	'Palier',
	'Suspendu',
	'Valeur du solde TTC',
	'Echues avant le programme',
	'A l’heure avant',
	'Echues depuis',
	'A l’heure depuis'
];
export async function* pointsClientsCsv(
	lines: AsyncIterable<{ rows: ClientWithSides[]; terms: ProgrammeTerms | null }>,
	locale: Locale
): AsyncGenerator<string> {
	yield csvOf([HEAD]);
	for await (const { rows, terms } of lines)
		yield rowsOf(
			rows.map((row) => {
				const worth = worthOf(row.balance, terms?.credit ?? null);
				return [
					cell(row.name),
					String(row.balance),
					String(row.pending),
					String(row.earnedInYear),
					cell(terms?.tiers[row.tier]?.name[locale] ?? ''),
					row.isFrozen ? 'oui' : '',
					worth === null ? '' : amountCell(worth),
					...[row.before, row.after].flatMap(({ invoices, onTime }) => [String(invoices), String(onTime)])
				];
			})
		);
}
