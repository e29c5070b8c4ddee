// Receiving, seeing and paying are three rights of a client's person, each by itself.
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPayLink, scopeOfSubject } from '#lib/server/access/scopes.ts';
import { newId } from '#lib/server/identity.ts';
import { findSubjects } from '#lib/server/store/contacts.ts';
import { mail } from '#lib/server/store/schema/index.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { mintPayLink, renewPayLink, sendInvoice } from '#lib/server/use-cases/access/pay-links.ts';
import { setUpMethod } from '#lib/server/use-cases/methods/set-up-method.ts';
import { readPayView } from '#lib/server/use-cases/payments/read-pay-view.ts';
import { aPayer, anInvoice, aSupplier, aToken, FROM, pay, type Cast, type Payer } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
});
afterAll(() => house.close());

const subject = (payer: Payer) => ({
	kind: 'contact' as const,
	supplierId: cast.supplierId,
	subjectId: payer.contactId
});
const linkTo = async (payer: Payer, invoiceId: string): Promise<string> =>
	(
		await inScope(house.services.db, cast.system, (tx) =>
			mintPayLink(house.services, tx, cast.system, invoiceId, payer.contactId)
		)
	)
		.split('/')
		.at(-1)!;

test('who may not see signs in nowhere, and a session opened before opens nothing any more', async () => {
	const unseen = await aPayer(house.services, cast, 'a@a.example', 'A', { hasPortal: false });
	expect(await findSubjects(house.services.db, unseen.email)).toEqual([]);
	expect(await scopeOfSubject(house.services, subject(unseen))).toBeNull();
	const seen = await aPayer(house.services, cast, 'b@b.example', 'B', { isBilling: false, mayPay: false });
	expect(await findSubjects(house.services.db, seen.email)).toHaveLength(1);
	expect(await scopeOfSubject(house.services, subject(seen))).toMatchObject({ clientId: seen.clientId });
});
test('who may not receive gets no invoice, and without seeing either, an old link opens nothing', async () => {
	const deaf = await aPayer(house.services, cast, 'c@c.example', 'C', { isBilling: false });
	const invoiceId = await anInvoice(house.services, cast, { name: 'C' }, { sendMails: true });
	expect(await sendInvoice(house.services, cast.owner, invoiceId)).toMatchObject({
		refusal: { code: 'no_billing_contact' }
	});
	await house.drain();
	expect(house.world.mailbox.mails.filter(({ to }) => to.includes(deaf.email))).toEqual([]);
	expect(await openPayLink(house.services, await linkTo(deaf, invoiceId))).toMatchObject({ state: 'live' });
	const none = await aPayer(house.services, cast, 'd@d.example', 'D', { isBilling: false, hasPortal: false });
	const other = await anInvoice(house.services, cast, { name: 'D' });
	expect(await openPayLink(house.services, await linkTo(none, other))).toBeNull();
});
test('an old link of who receives no longer sends nothing more; of who receives it sends one', async () => {
	for (const [isBilling, mails] of [
		[false, 0],
		[true, 1]
	] as const) {
		const name = `Ancien ${String(isBilling)}`;
		const person = await aPayer(house.services, cast, `${newId()}@old.example`, name, { isBilling });
		const token = await linkTo(person, await anInvoice(house.services, cast, { name }));
		await house.advance(61);
		const access = await openPayLink(house.services, token);
		if (access?.state !== 'expired') throw new Error('still good');
		expect(await renewPayLink(house.services, access.link)).toMatchObject({ ok: true });
		const waiting = await house.services.db.system.select().from(mail).where(eq(mail.contactId, person.contactId));
		expect(waiting).toHaveLength(mails);
	}
});
test('who may not pay sees the invoice, and neither pays nor keeps a means of payment, in the portal and by link', async () => {
	const looking = await aPayer(house.services, cast, 'e@e.example', 'E', { mayPay: false });
	const invoiceId = await anInvoice(house.services, cast, { name: 'E' });
	const link = await openPayLink(house.services, await linkTo(looking, invoiceId));
	const scopes = [looking.scope, link?.state === 'live' ? link.scope : looking.scope];
	for (const scope of scopes) {
		const view = await readPayView(house.services, scope, [invoiceId]);
		expect(view).toMatchObject({ ok: true, value: { mayPay: false } });
		expect(await pay(house.services, { ...looking, scope }, [invoiceId], 120_000)).toMatchObject({
			refusal: { code: 'pay_not_yours' }
		});
	}
	const setUp = { setupId: newId(), planId: null, confirmationTokenId: await aToken(house.services) };
	expect(await setUpMethod(house.services, looking.scope, setUp, FROM)).toMatchObject({
		refusal: { code: 'pay_not_yours' }
	});
});
