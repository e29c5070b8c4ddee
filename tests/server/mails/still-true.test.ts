// A mail about a plan is written as the plan stands when it leaves: what is no longer so is not said, and nobody is asked for two things at once.
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '#lib/server/identity.ts';
import { listMails } from '#lib/server/store/mails.ts';
import { composeMail } from '#lib/server/use-cases/sending/compose-mail.ts';
import { loseMethod } from '#lib/server/use-cases/methods/follow-method.ts';
import { changePlan } from '#lib/server/use-cases/plans/manage-plans.ts';
import { queuePlanMail } from '#lib/server/use-cases/mails/queue-mails.ts';
import {
	anInvoice,
	anOffer,
	aPayer,
	aSupplier,
	instalments,
	pay,
	type Cast,
	type Payer
} from '../../builders/parties.ts';
import { stageOf } from '../../builders/stage.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
let sql: postgres.Sql;
let planId: string;
let invoiceId: string;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
	payer = await aPayer(house.services, cast);
	await anOffer(house.services, cast, { discount: null, instalments: instalments() });
	sql = postgres(house.databaseUrl, { max: 1, onnotice: () => {} });
	// A mail is composed for a plan in whichever state: here it is put into each by hand, past what may follow what.
	for (const table of ['plan', 'plan_part']) await sql.unsafe(`alter table ${table} disable trigger states`);
});
afterAll(async () => {
	await sql.end();
	await house.close();
});
const { asSystem, inDays, planOf } = stageOf(() => ({ house, cast }));
/** Three instalments of 400 €, the first one paid by card. */
beforeEach(async () => {
	invoiceId = await anInvoice(house.services, cast, {}, { issuedOn: inDays(0), dueOn: inDays(50) });
	const asked = { option: 'plan_3' as const, method: 'pm_card_visa' };
	expect(await pay(house.services, payer, [invoiceId], 40_000, asked)).toMatchObject({ ok: true });
	({ planId } = await planOf(invoiceId));
});

type Kind = Parameters<typeof queuePlanMail>[3];
/** Queued and written now: its subject and its text, or null where it has nothing true left to say. */
async function written(kind: Kind, position = 0, round: string = newId()): Promise<string | null> {
	const plan = { planId, clientId: payer.clientId, contactId: payer.contactId };
	const now = house.services.clock.now();
	await asSystem((tx) => queuePlanMail(tx, cast.system, now, kind, plan, position, round));
	const rows = await asSystem((tx) => listMails(tx, cast.system, { subjectId: planId, contactId: payer.contactId }));
	const row = rows.find((one) => one.uniqueKey.endsWith(`:${round}`));
	if (!row) throw new Error('not queued');
	const composed = await composeMail(house.services, row);
	return composed && `${composed.subject}\n${composed.text}`.replace(/[\u00a0\u202f]/g, ' ');
}
const isOf = (status: string, position: number) =>
	sql`update plan_part set status = ${status} where plan_id = ${planId} and position = ${position}`;
const isPlan = (status: string) => sql`update plan set status = ${status} where plan_id = ${planId}`;
const breaksOn = (day: string | null) => sql`update plan set cure_ends_on = ${day} where plan_id = ${planId}`;
const loses = () =>
	sql`update saved_method set unusable_at = now() where method_id = (select method_id from plan where plan_id = ${planId})`;
/** The last try of an instalment was answered so. */
const answered = async (position: number, code: string | null) => {
	await sql`update plan_part p set attempt_id = (select attempt_id from attempt_part a where a.plan_id = p.plan_id limit 1)
		where plan_id = ${planId} and position = ${position}`;
	await sql`update payment_attempt set decline_code = ${code} where attempt_id in (select attempt_id from plan_part where plan_id = ${planId} and position = ${position})`;
};

describe('another means of payment is asked for', () => {
	beforeEach(() => loses());
	test('while parts wait for it; not once it serves again', async () => {
		expect(await written('method_lost')).toMatch(/^Un autre moyen de paiement est nécessaire/);
		await sql`update saved_method set unusable_at = null`;
		expect(await written('method_lost')).toBeNull();
	});
	test('not while the plan is paused, nor when it is over', async () => {
		for (const status of ['paused', 'canceled', 'in_default', 'completed']) {
			await isPlan(status);
			expect([status, await written('method_lost')]).toEqual([status, null]);
		}
	});
	test('not of whoever is asked to pay a refused part in another way: another means is given with it', async () => {
		await isOf('action_needed', 2);
		await answered(2, 'insufficient_funds');
		expect(await written('method_lost')).toBeNull();
		await answered(2, null);
		expect(await written('method_lost')).toBeNull();
	});
	test('of whoever is only to confirm with the bank: the parts that follow need it all the same', async () => {
		await isOf('action_needed', 2);
		await answered(2, 'authentication_required');
		expect(await written('method_lost')).toContain('Donnez-en un autre avant la prochaine échéance');
		await isOf('action_needed', 3);
		expect(await written('method_lost')).toBeNull();
	});
	test('not where nothing is to come: what is left is on its way, or given up', async () => {
		await isOf('processing', 2);
		await isOf('forgiven', 3);
		expect(await written('method_lost')).toBeNull();
	});
	test('for the reason that is so: its bank, another account of the supplier, a right taken away, or none that was kept', async () => {
		expect(await written('method_lost')).toContain('votre banque nous l’a signalé');
		await sql`insert into stripe_account select (jsonb_populate_record(a, jsonb_build_object('account', 'acct_former', 'until_at', now()))).*
			from stripe_account a where supplier_id = ${cast.supplierId} limit 1`;
		await sql`update saved_method set unusable_at = null, stripe_account = 'acct_former' where method_id = (select method_id from plan where plan_id = ${planId})`;
		expect(await written('method_lost')).toContain('encaisse désormais par un autre compte');
		await sql`update plan set method_id = null where plan_id = ${planId}`;
		const told = await written('method_lost');
		expect(told).toContain('Aucun moyen de paiement n’est gardé');
		expect(told).not.toContain('votre banque');
	});
});

test('what was lost while a plan rested is told when it goes on', async () => {
	await house.drain();
	const asked = () =>
		house.world.mailbox.mails.filter((mail) => /^Un autre moyen de paiement/.test(mail.subject)).length;
	const before = asked();
	expect(await changePlan(house.services, cast.owner, planId, 'pause')).toMatchObject({ ok: true });
	const [{ method_id } = { method_id: '' }] = await sql<{ method_id: string }[]>`
		select method_id from plan where plan_id = ${planId}`;
	await loseMethod(house.services, cast.system, method_id);
	await house.drain();
	expect(asked()).toBe(before);
	expect(await changePlan(house.services, cast.owner, planId, 'resume')).toMatchObject({ ok: true });
	await house.drain();
	expect(asked()).toBe(before + 1);
});

describe('a debit is announced', () => {
	test('with its amount, its day and its card', async () =>
		expect(await written('part_announced', 2)).toMatch(/400,00 € seront prélevés/));
	test('of an active plan, on a means that serves, and of a part that still waits for its day', async () => {
		await isPlan('paused');
		expect(await written('part_announced', 2)).toBeNull();
		await isPlan('active');
		for (const status of ['processing', 'paid', 'retrying', 'action_needed', 'forgiven', 'canceled']) {
			await isOf(status, 2);
			expect([status, await written('part_announced', 2)]).toEqual([status, null]);
		}
		await isOf('scheduled', 2);
		expect(await written('part_announced', 2)).not.toBeNull();
		await loses();
		expect(await written('part_announced', 2)).toBeNull();
	});
	test('not after its day', async () => {
		await sql`update plan_part set due_on = ${inDays(-1)} where plan_id = ${planId} and position = 2`;
		expect(await written('part_announced', 2)).toBeNull();
		await sql`update plan_part set due_on = ${inDays(0)} where plan_id = ${planId} and position = 2`;
		expect(await written('part_announced', 2)).not.toBeNull();
	});
	test('not where the plan will have ended before, unless somebody mends it; on its last day it will not', async () => {
		const { dueOn } = (await planOf(invoiceId)).instalments[1]!;
		await breaksOn(inDays(1));
		expect(await written('part_announced', 2)).toBeNull();
		await breaksOn(dueOn);
		expect(await written('part_announced', 2)).not.toBeNull();
	});
});

describe('a part that was refused is told', () => {
	const refused = async (code: string | null) => {
		await isOf('action_needed', 2);
		await answered(2, code);
	};
	test('while it waits for its client; not once it is paid, on its way or given up, nor after the end of the plan', async () => {
		await refused('insufficient_funds');
		expect(await written('part_failed', 2)).toContain('n’a pas pu être prélevée');
		for (const status of ['paid', 'processing', 'forgiven', 'canceled']) {
			await isOf(status, 2);
			expect([status, await written('part_failed', 2)]).toEqual([status, null]);
		}
		await isOf('action_needed', 2);
		await isPlan('in_default');
		expect(await written('part_failed', 2)).toBeNull();
	});
	test('the bank’s question is only promised of a card that serves', async () => {
		await refused('authentication_required');
		const asks = await written('part_failed', 2);
		await loses();
		const another = await written('part_failed', 2);
		expect(another).toContain('avec une autre carte ou un autre compte');
		expect(asks).not.toContain('avec une autre carte ou un autre compte');
	});
	test('a next try is promised on its day, while its card serves and the plan lives then', async () => {
		await isOf('retrying', 2);
		await sql`update plan_part set ask_on = ${inDays(3)} where plan_id = ${planId} and position = 2`;
		expect(await written('part_failed', 2)).toContain('Nous réessaierons');
		await breaksOn(inDays(3));
		expect(await written('part_failed', 2)).toContain('Nous réessaierons');
		await breaksOn(inDays(2));
		expect(await written('part_failed', 2)).not.toContain('Nous réessaierons');
		await breaksOn(null);
		await loses();
		expect(await written('part_failed', 2)).not.toContain('Nous réessaierons');
	});
	test('that nothing is to be done is said only where no other part waits', async () => {
		await isOf('retrying', 2);
		await sql`update plan_part set ask_on = ${inDays(3)} where plan_id = ${planId} and position = 2`;
		expect(await written('part_failed', 2)).toContain('Vous n’avez rien à faire');
		await isOf('action_needed', 3);
		const told = await written('part_failed', 2);
		expect(told).toContain('Une autre échéance attend encore votre règlement');
		expect(told).not.toContain('rien à faire');
	});
});

describe('what happened to a plan is told', () => {
	test('that it began, unless it came to nothing', async () => {
		expect(await written('plan_started')).not.toBeNull();
		await isPlan('canceled');
		expect(await written('plan_started')).toBeNull();
	});
	test('its new schedule holds what is to come and what is on its way, and ends with the plan', async () => {
		await isOf('processing', 2);
		const told = await written('plan_credited');
		expect(told?.match(/400,00 €/g)?.length).toBeGreaterThanOrEqual(2);
		for (const status of ['canceled', 'in_default']) {
			await isPlan(status);
			expect(await written('plan_credited')).toBeNull();
		}
	});
	test('that a part was given up, once it was', async () => {
		expect(await written('part_forgiven', 2)).toBeNull();
		await isOf('forgiven', 2);
		expect(await written('part_forgiven', 2)).not.toBeNull();
	});
	test('that it has ended with a rest, while there is one', async () => {
		expect(await written('plan_in_default')).toBeNull();
		await isPlan('in_default');
		await sql`update plan_part set status = 'canceled' where plan_id = ${planId} and position > 1`;
		expect(await written('plan_in_default')).toContain('800,00 €');
		expect(await pay(house.services, payer, [invoiceId], 80_000, { method: 'pm_card_visa' })).toMatchObject({
			ok: true
		});
		expect(await written('plan_in_default')).toBeNull();
	});
});
