// A database of an older version, with its rows, brought up to date: by the owner's login, through row-level security that is forced on it too.
import type postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { newId } from '#lib/server/identity.ts';
import { migrateDatabase } from '../../../src/scripts/migrate.ts';
import { aSupplierOfThen, openOlderDatabases, THEN } from '../../setup/older-database.ts';

const { olderThan, close } = openOlderDatabases();
afterAll(close);

test('every entry of before is told its account, days compared by old rules are compared anew, and the rules hold', async () => {
	const { sql, url } = await olderThan('0028');
	const { supplierId, clientId } = await aSupplierOfThen(sql, { account: 'acct_old', kind: 'business' });
	await sql`update supplier set stripe_account = 'acct_new' where supplier_id = ${supplierId}`;
	await sql`insert into reconciliation (supplier_id, stripe_account, reconciled_on, stripe_minor, ledger_minor, checked_at)
		values (${supplierId}, 'acct_new', '2026-09-01', 100, 0, ${THEN})`;
	let minute = 0;
	const paid = async (account: string, charge: string, lateFee: boolean) => {
		const [attemptId, paymentId] = [newId(), newId()];
		const at = (second = 0) => new Date(Date.parse(THEN) + minute * 60_000 + second * 1000).toISOString();
		minute += 1;
		const entry = async (sql: postgres.Sql, kind: string, source: string, amount: number, second = 0) => {
			const entryId = newId();
			await sql`insert into journal_entry (supplier_id, entry_id, kind, source_id, currency, booked_on, created_at)
				values (${supplierId}, ${entryId}, ${kind}, ${source}, 'EUR', '2026-09-01', ${at(second)})`;
			const [up, down] = amount > 0 ? ['511', '4191'] : ['627', '511'];
			const cents = Math.abs(amount);
			await sql`insert into journal_line (supplier_id, entry_id, position, account, client_id, debit_minor, credit_minor) values
				(${supplierId}, ${entryId}, 0, ${up!}, null, ${cents}, 0), (${supplierId}, ${entryId}, 1, ${down!}, ${kind === 'payment' ? clientId : null}, 0, ${cents})`;
		};
		await sql.begin(async (tx) => {
			await tx`insert into payment_attempt ${tx({
				supplier_id: supplierId,
				attempt_id: attemptId,
				client_id: clientId,
				channel: 'portal',
				description: 'F1',
				return_url: 'https://x.example',
				retries_intent: false,
				amount_minor: 1000,
				currency: 'EUR',
				status: 'paid',
				stripe_account: account,
				stripe_payment_intent_id: `pi_${charge}`,
				created_at: at(),
				updated_at: at()
			})}`;
			await tx`insert into payment ${tx({
				supplier_id: supplierId,
				payment_id: paymentId,
				attempt_id: attemptId,
				client_id: clientId,
				amount_minor: 1000,
				credit_minor: 1000,
				currency: 'EUR',
				method_type: 'card',
				paid_at: at(),
				paid_on: '2026-09-01',
				receipt_number: `R-${charge}`,
				stripe_account: account,
				stripe_payment_intent_id: `pi_${charge}`,
				created_at: at()
			})}`;
		});
		await sql.begin((tx) => entry(tx as never, 'payment', `pi_${charge}`, 1000));
		await sql.begin((tx) => entry(tx as never, 'stripe_fee', charge, -25, lateFee ? 2 : 0));
	};
	await paid('acct_old', 'ch_1', false);
	await paid('acct_new', 'ch_2', true);
	await paid('acct_old', 'ch_3', true);
	await migrateDatabase(url);
	const entries = await sql<{ source: string; account: string }[]>`
		select source_id as source, stripe_account as account from journal_entry where supplier_id = ${supplierId} order by created_at, kind`;
	expect(entries.map(({ source, account }) => `${source} ${account}`)).toEqual([
		'pi_ch_1 acct_old',
		'ch_1 acct_old',
		'pi_ch_2 acct_new',
		'ch_2 acct_new',
		'pi_ch_3 acct_old',
		'ch_3 acct_old'
	]);
	expect(await sql`select from reconciliation`).toHaveLength(0);
	expect(await sql`select from pg_constraint where not convalidated`).toHaveLength(0);
	// The journal is append-only again.
	await expect(sql`update journal_entry set currency = 'USD'`).rejects.toThrow(/append-only/);
});

test('an account that an operator gave from one supplier to another stops no upgrade: it is the second one’s, and the first keeps what it asked for there', async () => {
	const { sql, url } = await olderThan('0024');
	const first = await aSupplierOfThen(sql, { kind: 'business' });
	const second = await aSupplierOfThen(sql, { account: 'acct_moved', kind: 'business' });
	await sql`insert into payment_attempt ${sql({
		supplier_id: first.supplierId,
		attempt_id: newId(),
		client_id: first.clientId,
		channel: 'portal',
		description: 'F1',
		return_url: 'https://x.example',
		retries_intent: false,
		amount_minor: 1000,
		currency: 'EUR',
		status: 'paid',
		stripe_account: 'acct_moved',
		stripe_payment_intent_id: 'pi_moved',
		created_at: THEN,
		updated_at: THEN
	})}`;
	await migrateDatabase(url);
	const rows = await sql<{ supplier: string; away: boolean }[]>`
		select supplier_id as supplier, is_moved_away as away from stripe_account where account = 'acct_moved' order by is_moved_away`;
	expect([...rows]).toEqual([
		{ supplier: second.supplierId, away: false },
		{ supplier: first.supplierId, away: true }
	]);
	expect(await sql`select from pg_constraint where not convalidated`).toHaveLength(0);
});

test('of voucher codes that differ in their letters’ size alone, one is left: the one that was given, or the older; and no second one comes', async () => {
	const { sql, url } = await olderThan('0044');
	const { supplierId, clientId } = await aSupplierOfThen(sql);
	const [rewardId, redemptionId] = [newId(), newId()];
	const code = (text: string, minute: number, reward = rewardId) => sql`
		insert into voucher_code (supplier_id, reward_id, code, added_at)
		values (${supplierId}, ${reward}, ${text}, ${`2026-09-01T10:0${minute}:00Z`})`;
	await sql`insert into points_programme (supplier_id, version, terms, created_by, created_at, updated_at, published_at)
		values (${supplierId}, 1, ${sql.json({ rewards: [{ rewardId, stock: null }] })}, 'x', ${THEN}, ${THEN}, ${THEN})`;
	await sql`insert into points_account (supplier_id, client_id, balance, pending, earned_in_year, tier, tier_since, streak, neutrals, created_at)
		values (${supplierId}, ${clientId}, 0, 0, 0, 0, '2026-09-01', 0, 0, ${THEN})`;
	// The only code there is yet is the one that is given; its points are of no interest here.
	await sql`alter table points_redemption disable trigger redemption_is_paid`;
	await code('été', 5);
	await sql`insert into points_redemption ${sql({
		supplier_id: supplierId,
		redemption_id: redemptionId,
		client_id: clientId,
		kind: 'voucher',
		state: 'used',
		points: 40,
		taken: sql.json([]),
		reward_id: rewardId,
		name: sql.json({ fr: 'Bon', en: 'Voucher' }),
		version: 1,
		created_at: THEN
	})}`;
	await sql`alter table points_redemption enable trigger redemption_is_paid`;
	for (const [i, text] of ['abc', 'ABC', 'Abd', 'ÉTÉ'].entries()) await code(text, i);
	await code('abc', 6, newId());
	await migrateDatabase(url);
	const left = await sql<{ code: string }[]>`select code from voucher_code where reward_id = ${rewardId} order by code`;
	expect(left.map((row) => row.code).sort()).toEqual(['Abd', 'abc', 'été'].sort());
	expect(await sql`select from voucher_code where reward_id <> ${rewardId}`).toHaveLength(1);
	await expect(code('aBC', 7)).rejects.toThrow(/voucher_code_once/);
});

test('what Stripe has not ended is looked at from then on: tries, refunds and means of payment that are open, and nothing that is over', async () => {
	const { sql, url } = await olderThan('0047');
	const { supplierId, clientId } = await aSupplierOfThen(sql, { account: 'acct_open' });
	const attempt = async (status: string, isSetup = false) => {
		const attemptId = newId();
		await sql`insert into payment_attempt ${sql({
			supplier_id: supplierId,
			attempt_id: attemptId,
			client_id: clientId,
			channel: 'portal',
			description: 'F1',
			return_url: 'https://x.example',
			retries_intent: false,
			amount_minor: 1000,
			currency: 'EUR',
			status,
			is_setup: isSetup,
			stripe_account: 'acct_open',
			created_at: THEN,
			updated_at: THEN
		})}`;
		return attemptId;
	};
	const setup = async (status: string) => {
		const setupId = newId();
		await sql`insert into method_setup ${sql({
			supplier_id: supplierId,
			setup_id: setupId,
			client_id: clientId,
			confirmation_token_id: 'tok',
			return_url: '',
			status,
			stripe_account: 'acct_open',
			created_at: THEN,
			updated_at: THEN
		})}`;
		return setupId;
	};
	const underWay = await attempt('processing');
	const open = [await attempt('open'), underWay, await attempt('awaiting_auth')];
	for (const status of ['declined', 'canceled']) await attempt(status);
	await attempt('open', true);
	const [paid, paymentId, refundRequestId] = [await attempt('paid'), newId(), newId()];
	await sql`insert into payment ${sql({
		supplier_id: supplierId,
		payment_id: paymentId,
		attempt_id: paid,
		client_id: clientId,
		amount_minor: 1000,
		credit_minor: 1000,
		currency: 'EUR',
		method_type: 'card',
		paid_at: THEN,
		paid_on: '2026-09-01',
		receipt_number: 'R-1',
		stripe_account: 'acct_open',
		stripe_payment_intent_id: 'pi_1',
		created_at: THEN
	})}`;
	for (const [id, status] of [
		[refundRequestId, 'open'],
		[newId(), 'refused']
	] as const)
		await sql`insert into refund_request ${sql({
			supplier_id: supplierId,
			refund_request_id: id,
			payment_id: paymentId,
			amount_minor: 100,
			status,
			meaning: 'error',
			requested_by: 'x',
			created_at: THEN
		})}`;
	const setups = [await setup('awaiting_auth')];
	await setup('succeeded');
	await migrateDatabase(url);
	const due = await sql<{ job: string; subject: string; lane: string; client: string; at: Date }[]>`
		select job, subject_id as subject, lane, client_id as client, due_at as at from due_work order by job, subject_id`;
	expect(due.map(({ job, subject }) => [job, subject])).toEqual([
		...open.sort().map((id) => ['attempt', id]),
		['refund', refundRequestId],
		...setups.map((id) => ['setup', id])
	]);
	for (const { subject, lane, client, at } of due)
		expect([lane, client, at]).toEqual([
			subject === underWay ? 'debits acct_open' : 'stripe acct_open',
			clientId,
			new Date('2026-09-01T10:01:00Z')
		]);
});
