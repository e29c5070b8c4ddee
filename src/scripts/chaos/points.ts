// A points programme as an operator would put it into the database: a point for each euro paid on time, more for paying early and in a row, less to pay for
// points, a gift of which there are few, vouchers of which there are as many as codes. Every client has accepted its rules.
import type postgres from 'postgres';
import type { Dice } from './dice.ts';

const both = (text: string) => ({ fr: text, en: text });
/** What 100 points are worth on an invoice. */
export const CREDIT = { points: 100, valueMinor: 500 };
const GIFTS = 4;
const CODES = 6;

export async function openPoints(
	sql: postgres.Sql,
	dice: Dice,
	{ supplierId, clients }: { supplierId: string; clients: { clientId: string; contactId: string }[] },
	at: Date
): Promise<string[]> {
	const [gift, voucher] = [dice.uuid(), dice.uuid()] as [string, string];
	const reward = (rewardId: string, kind: string, points: number, stock: number | null) => ({
		rewardId,
		kind,
		name: both(kind),
		terms: both(kind),
		points,
		stock,
		from: null,
		until: null,
		minTier: 0
	});
	const terms = {
		name: both('Chaos'),
		intro: both(''),
		earning: {
			pointsPer: { points: 1, euroMinor: '100' },
			basis: 'with_vat',
			minInvoiceMinor: '0',
			excludes: [],
			early: { bpsPerDay: 100, maxDays: 20, withDiscount: true },
			streak: { invoices: 3, points: 50 },
			sepa: 20,
			planFinished: 100,
			firstOnline: 25,
			maxPerInvoice: 2000,
			maxPerPeriod: null,
			closedDay: 'same_day'
		},
		sepaVestingDays: 4,
		expiry: { kind: 'months', months: 2 },
		tiers: [
			{ name: both('Un'), threshold: 0, multiplierBps: 10_000, perk: null },
			{ name: both('Deux'), threshold: 1500, multiplierBps: 12_500, perk: null }
		],
		credit: { points: CREDIT.points, valueMinor: String(CREDIT.valueMinor), maxShareBps: 5000 },
		rewards: [reward(gift, 'gift', 150, GIFTS), reward(voucher, 'voucher', 80, null)],
		costCapMinor: null,
		expiryNoticeDays: 10
	};
	await sql`insert into points_programme ${sql({ supplier_id: supplierId, version: 1, terms: sql.json(terms), created_by: 'chaos', created_at: at, updated_at: at, published_at: at } as never)}`;
	for (let i = 0; i < CODES; i++)
		await sql`insert into voucher_code ${sql({ supplier_id: supplierId, reward_id: voucher, code: `CHAOS-${i}`, added_at: at })}`;
	for (const { clientId, contactId } of clients)
		await sql`insert into points_acceptance ${sql({ supplier_id: supplierId, client_id: clientId, contact_id: contactId, version: 1, rules_text: 'chaos', rules_hash: 'chaos', locale: 'fr', accepted_at: at } as never)}`;
	return [gift, voucher];
}
