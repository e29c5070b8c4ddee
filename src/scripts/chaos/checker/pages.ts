// Balances are the same wherever one looks: the ledger, the API, and what the supplier's page says.
import type { Facts } from './facts.ts';

/** Connections that idled through a restart are closed under one's hands: a reading is asked again. */
async function read(url: string, headers: Record<string, string>): Promise<Response> {
	for (let attempt = 1; ; attempt++)
		try {
			return await fetch(url, { headers, redirect: 'manual' });
		} catch (error) {
			if (attempt === 5) throw error;
			await new Promise((done) => setTimeout(done, 500 * attempt));
		}
}

type Invoice = { number: string; balance_minor: string };
export async function checkPages({ sql, found, outside }: Facts): Promise<Record<string, number>> {
	const rows = await sql<{ supplier: string; member: string; invoice: string; number: string; ledger: number }[]>`
		select i.supplier_id as supplier, (select m.member_id from member m where m.supplier_id = i.supplier_id limit 1) as member, i.invoice_id as invoice, i.number,
			coalesce(sum(l.debit_minor - l.credit_minor), 0) as ledger
		from invoice i left join journal_line l on l.supplier_id = i.supplier_id and l.invoice_id = i.invoice_id and l.account = '411' group by i.supplier_id, i.invoice_id, i.number`;
	const cookies = new Map<string, string>();
	for (const { supplier, member } of rows) {
		if (cookies.has(supplier)) continue;
		const door = await read(`${outside.web}/demo/entrer/member.${supplier}.${member}`, {});
		cookies.set(
			supplier,
			door.headers
				.getSetCookie()
				.map((cookie) => cookie.split(';')[0])
				.join('; ')
		);
	}
	for (const { supplier, invoice, number, ledger } of rows) {
		const api = await read(`${outside.web}/api/v1/invoices/${invoice}`, {
			authorization: `Bearer ${outside.apiKeys[supplier]}`
		});
		const balance = api.ok ? Number(((await api.json()) as Invoice).balance_minor) : `status ${api.status}`;
		if (balance !== ledger) found('balances agree', `${number}: 411 ${ledger}, API ${balance}`);
		const page = await read(`${outside.web}/admin/factures/${invoice}`, {
			cookie: cookies.get(supplier)!,
			'accept-language': 'fr'
		});
		const said = new Intl.NumberFormat('fr-FR', { style: 'currency', currency: 'EUR' }).format(ledger / 100);
		const plain = (text: string): string =>
			text.replace(/<[^>]*>|&nbsp;|[\s\u00a0\u202f]/g, '').replace(/[\u2212\u2010\u2011]/g, '-');
		if (!plain(await page.text()).includes(plain(said)))
			found('balances agree', `${number}: 411 ${ledger}, and the page does not say ${said}`);
	}
	return { 'balances compared': rows.length };
}
