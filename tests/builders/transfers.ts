// Money that came by bank transfer: on a statement that the supplier imports, and matched by a person.
import { expect } from 'vitest';
import type { CivilDate } from '#lib/domain/calendar/civil-date.ts';
import { required } from '#lib/domain/required.ts';
import { newId } from '#lib/server/identity.ts';
import type { Services } from '#lib/server/services.ts';
import { acceptTransaction } from '#lib/server/use-cases/bank/accept-transaction.ts';
import { importStatements } from '#lib/server/use-cases/bank/import-statements.ts';
import { readBank } from '#lib/server/use-cases/bank/read-bank.ts';
import type { Cast } from './parties.ts';

/** `amount`: as a French bank writes it, "40,00". */
export async function aTransfer(
	services: Services,
	cast: Cast,
	{ on, amount, invoiceIds }: { on: CivilDate; amount: string; invoiceIds: string[] }
): Promise<void> {
	const text = `VIR ${newId().slice(-12)}`;
	const bytes = new TextEncoder().encode(`Date;Libellé;Montant;Référence\n${on};${text};${amount};`);
	await importStatements(services, cast.owner, [{ name: 'releve.csv', bytes }], { acceptReview: false });
	const entry = (await readBank(services, cast.owner)).waiting.find((one) => one.text.includes(text));
	const { bankTransactionId } = required(entry, 'bank entry');
	expect(await acceptTransaction(services, cast.owner, { bankTransactionId, invoiceIds })).toMatchObject({ ok: true });
}
