// What a page or a list asks of the database does not become more with what there is to show: every address that is read, before and after there is several times as
// much of everything. The number of statements, the real ones, as they leave for PostgreSQL.
import type postgres from 'postgres';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { minor } from '#lib/domain/money/minor.ts';
import { newId } from '#lib/server/identity.ts';
import { importStatements } from '#lib/server/use-cases/bank/import-statements.ts';
import { createApiKey } from '#lib/server/use-cases/access/api-keys.ts';
import { receiveFiles } from '#lib/server/use-cases/imports/receive-files.ts';
import { requestRefund } from '#lib/server/use-cases/payments/request-refund.ts';
import { listPayments } from '#lib/server/store/payments.ts';
import { askReschedule } from '#lib/server/use-cases/plans/reschedule-instalment.ts';
import { anAward } from '../../builders/awards.ts';
import { aColleague, anInvoice, anOffer, aPayer, instalments, pay } from '../../builders/parties.ts';
import {
	aDocument,
	aKey,
	aLink,
	aMember,
	ask,
	asSystem,
	at,
	closeStage,
	expectOk,
	inDays,
	inOrder,
	openStage,
	PREPARE,
	verdict
} from './stage.ts';

const said = vi.hoisted(() => [] as string[]);
vi.mock('postgres', async (original) => {
	const { default: real } = await original<{ default: typeof postgres }>();
	const counted = (url: string, options: postgres.Options<Record<string, never>>) =>
		real(url, { ...options, debug: (_connection, query) => void said.push(query) });
	return { default: Object.assign(counted, real) };
});

beforeAll(openStage);
afterAll(closeStage);

/** One more of each thing that a list shows. */
async function more(serial: number): Promise<void> {
	const { house, a, payer } = at;
	const { services } = house;
	const recent = { issuedOn: inDays(0), dueOn: inDays(30) };
	await anOffer(services, a, { instalments: instalments({ minMinor: minor(1n) }) });
	for (const option of ['plan_3', 'plan_2'] as const) {
		const invoiceId = await aDocument(`MORE-${serial}-${option}`);
		const planId = newId();
		await expectOk(
			pay(services, payer, [invoiceId], option === 'plan_3' ? 40_000 : 60_000, { option, attemptId: planId })
		);
		await expectOk(askReschedule(services, a.owner, { planId, position: 2, toOn: inDays(21) }));
	}
	const paid = await anInvoice(services, a, {}, recent);
	await expectOk(pay(services, payer, [paid], 120_000));
	const [payment] = await asSystem((tx) => listPayments(tx, a.system, { invoiceId: paid }));
	const refund = {
		refundRequestId: newId(),
		paymentId: payment!.paymentId,
		amountMinor: minor(500n),
		meaning: 'goodwill'
	};
	await expectOk(requestRefund(services, a.owner, { ...refund, meaning: 'goodwill', note: 'geste' }));
	await aLink(await anInvoice(services, a, {}, recent));
	const late = await anInvoice(services, a, {}, { issuedOn: inDays(-60), dueOn: inDays(-30) });
	await aLink(late);
	const other = await aPayer(services, a, `more${serial}@client.example`, `Client ${serial}`);
	await anInvoice(services, a, { name: `Client ${serial}` }, recent);
	await pay(services, other, [await anInvoice(services, a, { name: `Client ${serial}` }, recent)], 120_000);
	await aColleague(services, a, payer, `colleague${serial}@roche.example`);
	await anAward(house, { supplierId: a.supplierId, clientId: payer.clientId });
	await aMember('read_only', `more${serial}`);
	await expectOk(createApiKey(services, a.owner, aKey(`more ${serial}`)));
	const csv = (text: string) => new TextEncoder().encode(text);
	const bytes = csv(
		`Date;Libellé;Montant\n${inDays(0)};VIREMENT ${serial};12${serial},00\n${inDays(0)};VIREMENT B${serial};1200,00`
	);
	await importStatements(services, a.owner, [{ name: `releve-${serial}.csv`, bytes }], { acceptReview: false });
	const list = csv(
		`Numéro;Date;Client;Montant TTC\nIMP-${serial}-1;12/11/2026;Zoé;1,00\nIMP-${serial}-2;12/11/2026;Zoé;1,00\n`
	);
	const files = [{ name: `l${serial}.csv`, bytes: list }];
	await receiveFiles(services, a.owner, { importId: newId(), files, isLast: true });
	await PREPARE['POST /admin/reglages/loyaltylion?/ligne']!();
	await house.drain();
}

/** How many statements each address that is read takes, by the first who may of each kind; once it was asked before. */
async function statements(): Promise<Record<string, number>> {
	const counts: Record<string, number> = {};
	for (const endpoint of inOrder().filter(({ method }) => method === 'GET'))
		for (const who of (['link', 'contact', 'owner', 'key', 'nobody'] as const).filter(
			(one) => verdict(endpoint, one) === 'in'
		)) {
			await (await ask(endpoint, who)).body?.cancel();
			const times: number[] = [];
			// What is noted once a minute, as when a key was last used, is none of the page: the lesser of two.
			for (let i = 0; i < 2; i++) {
				said.length = 0;
				await (await ask(endpoint, who)).text();
				times.push(said.length);
			}
			counts[`${endpoint.name} by ${who}`] = Math.min(...times);
		}
	return counts;
}

test('a page asks the database as often when there is much to show as when there is little', async () => {
	await more(1);
	const little = await statements();
	for (let serial = 2; serial <= 4; serial++) await more(serial);
	const much = await statements();
	const grown = Object.keys(much).filter((name) => much[name]! > little[name]!);
	expect(Object.fromEntries(grown.map((name) => [name, [little[name], much[name]]]))).toEqual({});
	expect(Object.values(much).filter((count) => count > 0).length).toBeGreaterThan(40);
});
