// Mails to many are counted by the hour, however they are asked for; and what leaves goes to who may have it when it leaves.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { mintScope, type Scope } from '#lib/domain/access/scope.ts';
import { newId } from '#lib/server/identity.ts';
import { listMails } from '#lib/server/store/mails.ts';
import { saveRights } from '#lib/server/store/contacts.ts';
import { contact } from '#lib/server/store/schema/index.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { sendInvoice } from '#lib/server/use-cases/access/pay-links.ts';
import { confirmImport } from '#lib/server/use-cases/imports/decide-import.ts';
import { importInvoices } from '#lib/server/use-cases/imports/import-invoices.ts';
import { receiveFiles } from '#lib/server/use-cases/imports/receive-files.ts';
import type { Result } from '#lib/server/use-cases/run.ts';
import { aPayer, anInvoice, aSupplier, type Cast, type Payer } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
beforeAll(async () => {
	house = await openHouse();
});
afterAll(() => house.close());
beforeEach(async () => {
	cast = await aSupplier(house.services, `acct_${newId()}`);
	payer = await aPayer(house.services, cast, `${newId()}@client.example`);
});

const codeOf = (result: Result<unknown>): string => (result.ok ? 'done' : result.refusal.code);
const unproven = (): Scope => mintScope(cast.supplierId, { kind: 'member', memberId: cast.memberId, role: 'owner' });
const key = (): Scope =>
	mintScope(cast.supplierId, { kind: 'api_key', apiKeyId: newId(), scopes: ['import', 'read', 'undo'] });
function fileOf(count: number) {
	const invoices = Array.from({ length: count }, () => ({
		number: `N-${newId()}`,
		issued_on: '2026-11-01',
		due_on: '2026-12-01',
		client: { name: 'Menuiserie Roche' },
		net_minor: '10000',
		vat_lines: [{ rate_bps: 2000, base_minor: '10000', vat_minor: '2000' }],
		gross_minor: '12000'
	}));
	return { name: 'i.json', bytes: new TextEncoder().encode(JSON.stringify({ invoices })) };
}
/** Read, and waiting for its word. */
async function anImport(count: number): Promise<string> {
	const importId = newId();
	await receiveFiles(house.services, cast.owner, { importId, files: [fileOf(count)], isLast: true });
	await house.drain();
	return importId;
}
const confirm = async (count: number, importId?: string): Promise<string> =>
	codeOf(
		await confirmImport(house.services, unproven(), importId ?? (await anImport(count)), {
			sendsMails: true,
			acceptsReview: false
		})
	);

test('several small imports in an hour count together, kept already or not', async () => {
	const [first, second, third] = [await anImport(8), await anImport(8), await anImport(5)];
	expect(await confirm(8, first)).toBe('done');
	expect(await confirm(8, second)).toBe('done');
	expect(await confirm(5, third)).toBe('proof_needed');
	await house.drain();
	expect(await confirm(5, third)).toBe('proof_needed');
	expect(await confirm(4)).toBe('done');
});
test('an hour later they count no more; with a proof nothing is counted', async () => {
	expect(await confirm(20)).toBe('done');
	await house.drain();
	expect(await confirm(1)).toBe('proof_needed');
	const one = await anImport(1);
	const word = { sendsMails: true, acceptsReview: false };
	expect(codeOf(await confirmImport(house.services, cast.owner, one, word))).toBe('done');
	await house.drain();
	house.world.world.offsetMs += 3_600_000 + 1000;
	expect(await confirm(20)).toBe('done');
});
test('what a program sent counts too, and a program is not asked: it has no proof to give', async () => {
	for (const count of [15, 15])
		expect(codeOf(await importInvoices(house.services, key(), [fileOf(count)], { sendMails: true }))).toBe('done');
	expect(await confirm(1)).toBe('proof_needed');
});
test('sent one by one, the twenty-first asks; two people of a client are one sending', async () => {
	await inScope(house.services.db, cast.system, (tx) =>
		tx.insert(contact).values({
			supplierId: cast.supplierId,
			contactId: newId(),
			clientId: payer.clientId,
			email: `${newId()}@client.example`,
			name: 'Second',
			locale: 'fr',
			isBilling: true,
			hasPortal: false,
			mayPay: false,
			mailProblem: null,
			mailProblemAt: null,
			createdAt: house.services.clock.now()
		})
	);
	const invoiceId = await anInvoice(house.services, cast, {});
	for (let i = 0; i < 20; i++) expect(codeOf(await sendInvoice(house.services, unproven(), invoiceId))).toBe('done');
	expect(codeOf(await sendInvoice(house.services, unproven(), invoiceId))).toBe('proof_needed');
	expect(codeOf(await sendInvoice(house.services, cast.owner, invoiceId))).toBe('done');
});
test('sent at once from several tabs, no more than twenty go without a proof', async () => {
	const invoiceId = await anInvoice(house.services, cast, {});
	const outcomes = await Promise.all(
		Array.from({ length: 30 }, () => sendInvoice(house.services, unproven(), invoiceId))
	);
	expect(outcomes.filter((one) => one.ok)).toHaveLength(20);
});

const sentTo = (email: string): number => house.world.mailbox.mails.filter((mail) => mail.to.includes(email)).length;
const inTx = <T>(work: Parameters<typeof inScope<T>>[2]) => inScope(house.services.db, cast.system, work);
test.each([
	[
		'who no longer receives invoices',
		() =>
			inTx((tx) => saveRights(tx, cast.system, payer.contactId, { isBilling: false, hasPortal: true, mayPay: true }))
	],
	[
		'an address that is no longer that person’s',
		() => inTx((tx) => tx.update(contact).set({ email: `${newId()}@elsewhere.example` }))
	]
])('an invoice that was queued does not leave for %s', async (_who, change: () => Promise<unknown>) => {
	const invoiceId = await anInvoice(house.services, cast, {});
	await sendInvoice(house.services, cast.owner, invoiceId);
	await change();
	await house.drain();
	expect(sentTo(payer.email)).toBe(0);
	const mails = await inTx((tx) => listMails(tx, cast.system, { subjectId: invoiceId }));
	expect(mails.map((mail) => mail.state)).toEqual(['dropped']);
});
