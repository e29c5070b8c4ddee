// Tenancy: every table is protected, and nobody sees or changes what is another supplier's or another client's.
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mintScope, type Scope } from '#lib/domain/access/scope.ts';
import { addDays } from '#lib/domain/calendar/civil-date.ts';
import { newId } from '#lib/server/identity.ts';
import { inScope } from '#lib/server/store/tx.ts';
import * as links from '#lib/server/use-cases/access/pay-links.ts';
import {
	chooseClientOf,
	confirmImport,
	dropImport,
	replaceKnown,
	undoImport
} from '#lib/server/use-cases/imports/decide-import.ts';
import { importInvoices } from '#lib/server/use-cases/imports/import-invoices.ts';
import { readImport, readImportFile, readImports, readSomeLines } from '#lib/server/use-cases/imports/read-import.ts';
import { receiveFiles } from '#lib/server/use-cases/imports/receive-files.ts';
import { openHere } from '#lib/server/use-cases/invoices/open-here.ts';
import * as portal from '#lib/server/use-cases/invoices/read-portal.ts';
import { checkAttempt } from '#lib/server/use-cases/payments/check-attempt.ts';
import { readPayView } from '#lib/server/use-cases/payments/read-pay-view.ts';
import { findReceipt } from '#lib/server/use-cases/payments/read-receipt.ts';
import { groupClient } from '#lib/server/use-cases/clients/group-client.ts';
import { setDeliveryDay } from '#lib/server/use-cases/invoices/set-delivery-day.ts';
import {
	deletePolicyDraft,
	endPolicy,
	publishPolicy,
	saveDraft
} from '#lib/server/use-cases/offers/manage-policies.ts';
import { readOfferEditor, readOffers } from '#lib/server/use-cases/offers/read-offers.ts';
import { findCreditNote } from '#lib/server/use-cases/payments/read-credit-note.ts';
import { acceptTransaction } from '#lib/server/use-cases/bank/accept-transaction.ts';
import { importStatements } from '#lib/server/use-cases/bank/import-statements.ts';
import { readBank } from '#lib/server/use-cases/bank/read-bank.ts';
import { setAside, reverseTransfer, undoAcceptance } from '#lib/server/use-cases/bank/reverse-transfer.ts';
import { exportInvoices } from '#lib/server/use-cases/invoices/export-invoices.ts';
import { holdInvoice } from '#lib/server/use-cases/invoices/hold-invoice.ts';
import { findInvoicesByApi, readInvoiceByApi } from '#lib/server/use-cases/invoices/read-by-api.ts';
import { readMethods, removeMethod, renameMethod } from '#lib/server/use-cases/methods/manage-methods.ts';
import { forgiveInstalment } from '#lib/server/use-cases/plans/forgive-instalment.ts';
import { answerReschedule, askReschedule } from '#lib/server/use-cases/plans/reschedule-instalment.ts';
import { setUpMethod } from '#lib/server/use-cases/methods/set-up-method.ts';
import { changePlan, readPlans } from '#lib/server/use-cases/plans/manage-plans.ts';
import { exportJournal, readJournal } from '#lib/server/use-cases/suppliers/read-journal.ts';
import { requestRefund } from '#lib/server/use-cases/payments/request-refund.ts';
import { readTransferCode } from '#lib/server/use-cases/payments/transfer-code.ts';
import { readAdminInvoice, readInvoiceList } from '#lib/server/use-cases/suppliers/read-invoices.ts';
import * as clients from '#lib/server/use-cases/suppliers/read-clients.ts';
import * as payments from '#lib/server/use-cases/suppliers/read-payments.ts';
import { mayHear } from '#lib/server/live/hub.ts';
import type { Minor } from '#lib/domain/money/minor.ts';
import { startPayment } from '#lib/server/use-cases/payments/start-payment.ts';
import { facturXOf } from '#scripts/demo/invoice-file.ts';
import {
	FROM,
	aPayer,
	anInvoice,
	anOffer,
	aSupplier,
	aToken,
	pay,
	type Cast,
	type Payer,
	instalments
} from '../../builders/parties.ts';
import { openHouse, START_DAY, type TestHouse } from '../../setup/house.ts';
import { LUMEN } from '../../builders/invoices.ts';

let house: TestHouse;
let a: Cast;
let b: Cast;
let payerA: Payer;
let strangers: Record<string, Scope>;
const ids = {
	invoice: '',
	open: '',
	document: '',
	attempt: newId(),
	payment: '',
	link: '',
	client: '',
	plan: newId(),
	discount: '',
	method: '',
	policy: '',
	movement: '',
	import: newId()
};
const RECENT = { issuedOn: START_DAY, dueOn: addDays(START_DAY, 30) };
const OFFER = {
	instalments: instalments({ counts: [2], minMinor: 1n as Minor })
};
/** Tables of no supplier: what they are for stands in the schema; only the system role reaches them. */
const SHARED = ['demo_clock', 'page_report', 'rate_limit', 'sign_in_request', 'used_challenge', 'worked'];
/** Keyed by its own id: it also tells of strangers who belong to no supplier. Its policies are those of every other table. */
const OWN_KEY = ['security_event_pk'];

beforeAll(async () => {
	house = await openHouse();
	[a, b] = [await aSupplier(house.services, 'acct_lumen'), await aSupplier(house.services, 'acct_canuts', 'Brasserie')];
	payerA = await aPayer(house.services, a);
	const neighbour = await aPayer(house.services, a, 'autre@client.example', 'Autre client');
	const payerB = await aPayer(house.services, b, 'b@b.example', 'Client B');
	ids.invoice = await anInvoice(house.services, a, {});
	ids.open = await anInvoice(house.services, a, {});
	ids.document = await aDocument();
	ids.client = payerA.clientId;
	await pay(house.services, payerA, [ids.invoice], 120_000, { attemptId: ids.attempt });
	ids.payment = await inScope(
		house.services.db,
		a.system,
		async (tx) => (await tx.execute<{ id: string }>(sql`select payment_id as id from payment`))[0]!.id
	);
	await startPayment(
		house.services,
		payerA.scope,
		{
			attemptId: newId(),
			confirmationTokenId: await aToken(house.services),
			invoiceIds: [await anInvoice(house.services, a, {})],
			option: 'now',
			expectedAmountMinor: 120_000n as Minor,
			remember: true
		},
		FROM
	);
	ids.method = (await readMethods(house.services, payerA.scope)).methods[0]!.methodId;
	ids.movement = await aBankTransaction();
	await anImport();
	ids.policy = await anOffer(house.services, a, OFFER);
	const planned = await anInvoice(house.services, a, {}, RECENT);
	await pay(house.services, payerA, [planned], 60_000, { option: 'plan_2', attemptId: ids.plan });
	const discounted = await anInvoice(house.services, a, {}, RECENT);
	await pay(house.services, payerA, [discounted], 117_600, { option: 'early' });
	ids.discount = await inScope(
		house.services.db,
		a.system,
		async (tx) => (await tx.execute<{ id: string }>(sql`select discount_id as id from discount`))[0]!.id
	);
	await inScope(house.services.db, a.system, (tx) =>
		links.mintPayLink(house.services, tx, a.system, ids.invoice, payerA.contactId)
	);
	ids.link = (await links.listLinks(house.services, a.owner)).rows[0]!.payLinkId;
	strangers = {
		'key of another supplier': mintScope(b.supplierId, {
			kind: 'api_key',
			apiKeyId: newId(),
			scopes: ['import', 'read', 'undo']
		}),
		'owner of another supplier': b.owner,
		'client of another supplier': payerB.scope,
		'another client of the same supplier': neighbour.scope,
		'system of another supplier': b.system,
		'pay link of another supplier': mintScope(b.supplierId, {
			kind: 'pay_link',
			payLinkId: newId(),
			contactId: payerB.contactId,
			clientId: payerB.clientId,
			invoiceId: newId()
		})
	};
});
afterAll(() => house.close());
/** A transfer that waits on a statement. */
async function aBankTransaction(): Promise<string> {
	const bytes = new TextEncoder().encode(`Date;Libellé;Montant\n${START_DAY};VIREMENT;1200,00`);
	await importStatements(house.services, a.owner, [{ name: 'releve.csv', bytes }], { acceptReview: false });
	return (await readBank(house.services, a.owner)).waiting[0]!.bankTransactionId;
}
/** An import that waits for its word. */
async function anImport(): Promise<void> {
	const files = [
		{ name: 'l.csv', bytes: new TextEncoder().encode('Numéro;Date;Client;Montant TTC\nIMP-1;12/11/2026;Zoé;1,00\n') }
	];
	await receiveFiles(house.services, a.owner, { importId: ids.import, files, isLast: true });
	await house.drain();
}
/** An invoice whose file its client may see: a PDF. */
async function aDocument(): Promise<string> {
	const bytes = await facturXOf({
		number: 'PDF-1',
		issuedOn: '2026-11-12',
		dueOn: '2026-12-12',
		seller: LUMEN,
		buyer: { name: 'Menuiserie Roche', siren: null, email: null },
		lines: [{ label: 'Lustre', netMinor: 100_000, rateBps: 2000 }]
	});
	const imported = await importInvoices(house.services, a.owner, [{ name: 'f.pdf', bytes }], { sendMails: false });
	const invoiceId = imported.ok ? imported.value[0]!.invoiceId! : '';
	expect(await portal.readInvoiceFile(house.services, payerA.scope, invoiceId)).toMatchObject({ fileName: 'f.pdf' });
	return invoiceId;
}

test('every table has row-level security and a policy, and is owned by neither role', async () => {
	const owner = postgres(house.databaseUrl, { max: 1 });
	const tables = await owner<
		{ name: string; protected: boolean; policies: number; owner: string; keyed: boolean }[]
	>`select c.relname as name, c.relrowsecurity as protected, (select count(*)::int from pg_policies p where p.tablename = c.relname) as policies, pg_get_userbyid(c.relowner) as owner, exists (select 1 from information_schema.columns where table_name = c.relname and column_name = 'supplier_id') as keyed from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and c.relkind = 'r'`;
	expect(tables.length).toBeGreaterThan(25);
	expect(
		tables.filter((table) => !table.protected || table.policies === 0 || table.owner !== 'ponctuel_owner')
	).toEqual([]);
	expect(
		tables
			.filter((table) => !table.keyed)
			.map((table) => table.name)
			.sort()
	).toEqual(SHARED);
	const keys = await owner<
		{ table: string; name: string; first: string }[]
	>`select conrelid::regclass::text as table, conname as name, (select attname from pg_attribute where attrelid = conrelid and attnum = conkey[1]) as first from pg_constraint where contype in ('p', 'f') and connamespace = 'public'::regnamespace`;
	expect(
		keys.filter(
			(key) =>
				key.first !== 'supplier_id' && !OWN_KEY.includes(key.name) && !SHARED.includes(key.table.replaceAll('"', ''))
		)
	).toEqual([]);
	const flags = await owner<
		{ name: string; super: boolean; bypass: boolean }[]
	>`select rolname as name, rolsuper as super, rolbypassrls as bypass from pg_roles where rolname like 'ponctuel%' and rolname <> 'ponctuel_owner'`;
	expect(flags.every((role) => !role.super && !role.bypass)).toBe(true);
	await owner.end();
});
test('without a scope, no row is seen and none is written', async () => {
	for (const table of ['invoice', 'payment', 'client', 'contact', 'journal_line', 'audit', 'outbox'])
		expect([...(await house.services.db.app.execute(sql.raw(`select 1 from ${table}`)))]).toEqual([]);
	await expect(
		house.services.db.app.execute(
			sql.raw(`insert into counter (supplier_id, name, value) values ('${a.supplierId}', 'x', 1)`)
		)
	).rejects.toThrow();
});
test('the system role can’t read money', async () => {
	for (const table of ['invoice', 'payment', 'payment_attempt', 'journal_line', 'allocation', 'document', 'client'])
		await expect(house.services.db.system.execute(sql.raw(`select 1 from ${table}`))).rejects.toThrow();
});
test('a row can’t be written into another supplier', async () => {
	await expect(
		inScope(house.services.db, b.system, (tx) =>
			tx.execute(sql.raw(`insert into counter (supplier_id, name, value) values ('${a.supplierId}', 'x', 1)`))
		)
	).rejects.toThrow();
	await inScope(house.services.db, b.system, (tx) => tx.execute(sql.raw(`update contact set name = 'volé'`)));
	expect(
		JSON.stringify(await clients.readAdminClient(house.services, a.owner, ids.client), (_, v: unknown) =>
			typeof v === 'bigint' ? String(v) : v
		)
	).not.toContain('volé');
});
describe('another’s ids answer as ids that do not exist', () => {
	const questions: Record<string, (scope: Scope, real: boolean) => Promise<unknown>> = {
		'the pay page': (scope, real) => readPayView(house.services, scope, [real ? ids.invoice : newId()]),
		'an invoice': (scope, real) => portal.readInvoiceDetail(house.services, scope, real ? ids.invoice : newId()),
		'its document': (scope, real) => portal.readInvoiceFile(house.services, scope, real ? ids.document : newId()),
		'its first page': (scope, real) => portal.readFirstPage(house.services, scope, real ? ids.document : newId()),
		'its transfer code': (scope, real) => readTransferCode(house.services, scope, real ? ids.invoice : newId()),
		'a receipt': (scope, real) => findReceipt(house.services, scope, real ? ids.payment : newId()),
		'a try': (scope, real) => checkAttempt(house.services, scope, real ? ids.attempt : newId()),
		'the invoice as the supplier sees it': (scope, real) =>
			readAdminInvoice(house.services, scope, real ? ids.invoice : newId()),
		'the client as the supplier sees it': (scope, real) =>
			clients.readAdminClient(house.services, scope, real ? ids.client : newId()),
		'the payment as the supplier sees it': (scope, real) =>
			payments.readAdminPayment(house.services, scope, real ? ids.payment : newId()),
		'asking for its payment here': (scope, real) => openHere(house.services, scope, real ? ids.invoice : newId()),
		'sending it': (scope, real) => links.sendInvoice(house.services, scope, real ? ids.invoice : newId()),
		'paying it': async (scope, real) => {
			// The token is made afresh and the id is new: what differs between the two answers is the invoice alone.
			const result = await startPayment(
				house.services,
				scope,
				{
					attemptId: newId(),
					confirmationTokenId: await aToken(house.services),
					invoiceIds: [real ? ids.open : newId()],
					option: 'now',
					expectedAmountMinor: 120_000n as Minor
				},
				FROM
			);
			return result.ok ? 'paid' : result.refusal;
		},
		'accepting a movement of the bank': async (scope, real) => {
			const result = await acceptTransaction(house.services, scope, {
				bankTransactionId: real ? ids.movement : newId(),
				invoiceIds: [real ? ids.open : newId()]
			});
			return result.ok ? 'accepted' : result.refusal;
		},
		'undoing it': (scope, real) => undoAcceptance(house.services, scope, real ? ids.movement : newId()),
		'setting it aside': (scope, real) => setAside(house.services, scope, real ? ids.movement : newId(), true),
		'taking a payment back by it': (scope, real) =>
			reverseTransfer(house.services, scope, {
				bankTransactionId: real ? ids.movement : newId(),
				paymentId: real ? ids.payment : newId()
			}),
		'an import': (scope, real) => readImport(house.services, scope, real ? ids.import : newId()),
		'the file of an import': (scope, real) => readImportFile(house.services, scope, real ? ids.import : newId(), 0),
		'the lines of an import': (scope, real) =>
			readSomeLines(house.services, scope, real ? ids.import : newId(), { after: null, limit: 10 }),
		'confirming it': (scope, real) =>
			confirmImport(house.services, scope, real ? ids.import : newId(), { sendsMails: true, acceptsReview: true }),
		'dropping it': (scope, real) => dropImport(house.services, scope, real ? ids.import : newId()),
		'taking it back': (scope, real) => undoImport(house.services, scope, real ? ids.import : newId()),
		'saying who its buyer is': (scope, real) =>
			chooseClientOf(house.services, scope, real ? ids.import : newId(), { buyerKey: '|||zoé', clientId: null }),
		'replacing by it': (scope, real) =>
			replaceKnown(house.services, scope, real ? ids.import : newId(), {
				filePosition: 0,
				position: 0,
				replaces: true
			}),
		'its credit note': (scope, real) => findCreditNote(house.services, scope, real ? ids.discount : newId()),
		'the offer as the supplier writes it': (scope, real) =>
			readOfferEditor(house.services, scope, real ? ids.policy : newId(), { locale: 'fr' }).then((result) => result.ok),
		'publishing the offer': (scope, real) =>
			publishPolicy(house.services, scope, {
				policyId: real ? ids.policy : newId(),
				version: 2,
				updatedAt: new Date()
			}),
		'throwing its draft away': (scope, real) =>
			deletePolicyDraft(house.services, scope, { policyId: real ? ids.policy : newId(), begunAt: 1 }),
		'ending the offer': (scope, real) =>
			endPolicy(house.services, scope, { policyId: real ? ids.policy : newId(), version: 1 }),
		'an offer to the client': (scope, real) =>
			saveDraft(house.services, scope, {
				policyId: null,
				name: 'x',
				audience: { kind: 'client', clientId: real ? ids.client : newId() },
				terms: { validFrom: null, validUntil: null, methods: ['card'], discount: null, instalments: null }
			}),
		'pausing the plan': (scope, real) => changePlan(house.services, scope, real ? ids.plan : newId(), 'pause'),
		'changing the means of payment of the plan': async (scope, real) =>
			setUpMethod(
				house.services,
				scope,
				{
					setupId: newId(),
					planId: real ? ids.plan : newId(),
					confirmationTokenId: await aToken(house.services)
				},
				FROM
			),
		'paying with a kept means of payment': async (scope, real) => {
			const result = await startPayment(
				house.services,
				scope,
				{
					attemptId: newId(),
					confirmationTokenId: null,
					savedMethodId: real ? ids.method : newId(),
					invoiceIds: [ids.open],
					option: 'now',
					expectedAmountMinor: 120_000n as Minor
				},
				FROM
			);
			return result.ok ? 'paid' : result.refusal;
		},
		'naming a kept means of payment': (scope, real) =>
			renameMethod(house.services, scope, real ? ids.method : newId(), 'volé'),
		'removing it': (scope, real) => removeMethod(house.services, scope, real ? ids.method : newId()),
		'asking for another day of a part': (scope, real) =>
			askReschedule(house.services, scope, {
				planId: real ? ids.plan : newId(),
				position: 2,
				toOn: addDays(START_DAY, 10)
			}),
		'answering for the client': (scope, real) =>
			answerReschedule(
				house.services,
				scope,
				{ planId: real ? ids.plan : newId(), position: 2, toOn: addDays(START_DAY, 10), accepts: true },
				FROM
			),
		'giving up a part': (scope, real) =>
			forgiveInstalment(house.services, scope, { planId: real ? ids.plan : newId(), position: 2 }),
		'suspending its debits': (scope, real) =>
			holdInvoice(house.services, scope, real ? ids.invoice : newId(), { reason: 'disputed', until: null }),
		'reading it by API': (scope, real) => readInvoiceByApi(house.services, scope, real ? ids.invoice : newId()),
		'the groups of the client': (scope, real) =>
			groupClient(house.services, scope, { clientId: real ? ids.client : newId(), groupIds: [], newName: '' }),
		'the delivery day': (scope, real) => setDeliveryDay(house.services, scope, real ? ids.invoice : newId(), null),
		'revoking its link': (scope, real) => links.revokeLink(house.services, scope, real ? ids.link : newId()),
		'refunding it': (scope, real) =>
			requestRefund(house.services, scope, {
				refundRequestId: newId(),
				paymentId: real ? ids.payment : newId(),
				amountMinor: 100n as Minor
			})
	};
	test.each(Object.keys(questions))('%s', async (name) => {
		for (const [who, scope] of Object.entries(strangers))
			expect(await questions[name]!(scope, true), who).toEqual(await questions[name]!(scope, false));
	});
	test('lists hold nothing of another', async () => {
		for (const scope of Object.values(strangers)) {
			const seen = JSON.stringify(
				[
					await portal.readPortal(house.services, scope),
					await readInvoiceList(house.services, scope, {}),
					await payments.readPayments(house.services, scope),
					await readPlans(house.services, scope),
					await readOffers(house.services, scope),
					await readMethods(house.services, scope),
					await Array.fromAsync(exportInvoices(house.services, scope)),
					await readImports(house.services, scope),
					await findInvoicesByApi(house.services, scope, 'PDF-1'),
					await readJournal(house.services, scope, { month: null }),
					await Array.fromAsync((await exportJournal(house.services, scope, { month: null })).lines)
				],
				(_, v: unknown) => (typeof v === 'bigint' ? String(v) : v)
			);
			for (const id of Object.values(ids)) expect(seen).not.toContain(id);
		}
		const nothing = { importId: newId(), files: [], isLast: true };
		expect(await receiveFiles(house.services, payerA.scope, nothing)).toMatchObject({
			ok: false,
			refusal: { code: 'not_allowed' }
		});
	});
	test('news of another are not heard', () => {
		const news = {
			supplierId: a.supplierId,
			clientId: payerA.clientId,
			invoiceId: ids.invoice,
			attemptId: null,
			kind: 'payment.received' as const,
			cursor: '1.1'
		};
		expect(Object.values(strangers).map((scope) => mayHear(scope, news))).toEqual(
			Object.values(strangers).map(() => false)
		);
		expect(mayHear(payerA.scope, news)).toBe(true);
	});
});
