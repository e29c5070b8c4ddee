// Drawing a document takes long beside a transaction, and every live page waits for the oldest one: none is open while a mail's documents are drawn.
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { aPayer, anInvoice, aSupplier, pay } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
/** The owner sees what everybody is doing. */
let owner: postgres.Sql;
const openWhileDrawn: number[] = [];
vi.mock(import('#lib/server/documents/receipt-pdf.ts'), async (original) => {
	const { renderReceiptPdf } = await original();
	return {
		renderReceiptPdf: async (...of) => {
			const [row] = await owner<
				{ open: number }[]
			>`select count(*)::int as open from pg_stat_activity where datname = current_database() and state = 'idle in transaction'`;
			openWhileDrawn.push(row!.open);
			return renderReceiptPdf(...of);
		}
	};
});
beforeAll(async () => {
	house = await openHouse();
	owner = postgres(house.databaseUrl, { max: 1 });
});
afterAll(async () => {
	await owner.end();
	await house.close();
});

test('a receipt is drawn while no transaction is open', async () => {
	const cast = await aSupplier(house.services);
	const payer = await aPayer(house.services, cast);
	const invoiceId = await anInvoice(house.services, cast, {});
	expect(await pay(house.services, payer, [invoiceId], 120_000)).toMatchObject({ ok: true });
	await house.drain();
	expect(house.world.mailbox.mails.some((mail) => /Reçu|reçu/.test(mail.subject))).toBe(true);
	expect(openWhileDrawn).toEqual([0]);
});
