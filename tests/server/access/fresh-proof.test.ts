// What can't be taken back or opens a door asks who is there: a passkey or a code not older than ten minutes.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mintScope, type Scope } from '#lib/domain/access/scope.ts';
import { minor } from '#lib/domain/money/minor.ts';
import { newId, newSecret } from '#lib/server/identity.ts';
import { createApiKey, endApiKey, listKeys } from '#lib/server/use-cases/access/api-keys.ts';
import { askForCode, confirmByCode } from '#lib/server/use-cases/access/confirm-person.ts';
import { addPasskey, offerPasskey, removePasskey } from '#lib/server/use-cases/access/passkeys.ts';
import { addContact, changeRights } from '#lib/server/use-cases/clients/contacts.ts';
import { acceptAddress, confirmImport } from '#lib/server/use-cases/imports/decide-import.ts';
import { receiveFiles } from '#lib/server/use-cases/imports/receive-files.ts';
import { publishPolicy } from '#lib/server/use-cases/offers/manage-policies.ts';
import { requestRefund } from '#lib/server/use-cases/payments/request-refund.ts';
import { forgiveInstalment } from '#lib/server/use-cases/plans/forgive-instalment.ts';
import type { Result } from '#lib/server/use-cases/run.ts';
import { setAccountantRights } from '#lib/server/use-cases/suppliers/accountant-rights.ts';
import { changeIdentity, readIdentity } from '#lib/server/use-cases/suppliers/change-identity.ts';
import { changePayee, changeStripeAccount } from '#lib/server/use-cases/suppliers/change-payee.ts';
import { forgetDevices } from '#lib/server/use-cases/suppliers/member-access.ts';
import { addMember, changeRole, removeMember } from '#lib/server/use-cases/suppliers/manage-members.ts';
import { readBilling, saveBilling } from '#lib/server/use-cases/suppliers/save-billing.ts';
import { aSupplier, type Cast } from '../../builders/parties.ts';
import { aKey } from '../../builders/api-keys.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
const MINUTE_MS = 60_000;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
});
afterAll(() => house.close());

const owner = (provenAt: Date | null): Scope =>
	mintScope(cast.supplierId, { kind: 'member', memberId: cast.memberId, role: 'owner', provenAt });
const ago = (ms: number): Date => new Date(house.services.clock.now().getTime() - ms);
const registration = {
	id: 'x',
	rawId: 'x',
	type: 'public-key' as const,
	clientExtensionResults: {},
	response: { clientDataJSON: 'x', attestationObject: 'x' }
};

const RIGHTS = { isBilling: true, hasPortal: false, mayPay: false };
/** An import of so many new invoices, read and waiting for its word. */
async function anImport(count: number, payeeIban?: string): Promise<string> {
	const importId = newId();
	const invoices = Array.from({ length: count }, (_, i) => ({
		number: `M-${importId.slice(-6)}-${i}`,
		issued_on: '2026-11-01',
		due_on: '2026-12-01',
		client: { name: `Client ${i}` },
		net_minor: '10000',
		vat_lines: [{ rate_bps: 2000, base_minor: '10000', vat_minor: '2000' }],
		gross_minor: '12000',
		...(payeeIban ? { payee_iban: payeeIban } : {})
	}));
	const bytes = new TextEncoder().encode(JSON.stringify({ invoices }));
	await receiveFiles(house.services, cast.owner, { importId, files: [{ name: 'i.json', bytes }], isLast: true });
	await house.drain();
	return importId;
}
const ACTS: [string, (scope: Scope) => Promise<Result<unknown>>][] = [
	[
		'giving money back',
		(scope) =>
			requestRefund(house.services, scope, { refundRequestId: newId(), paymentId: newId(), amountMinor: minor(100n) })
	],
	['creating an API key', (scope) => createApiKey(house.services, scope, aKey('Sage'))],
	['revoking an API key', (scope) => endApiKey(house.services, scope, newId())],
	[
		'changing the account clients pay to',
		(scope) => changePayee(house.services, scope, { iban: 'FR1420041010050500013M02606', bic: null })
	],
	['changing the Stripe account', (scope) => changeStripeAccount(house.services, scope, `acct_${newId().slice(-8)}`)],
	[
		'changing the accounts of the books',
		async (scope) => {
			const { today: _, ...billing } = await readBilling(house.services, scope);
			const accounts = { ...billing.accounts, '411': `411${Math.floor(performance.now())}`.slice(0, 12) };
			return saveBilling(house.services, scope, { ...billing, accounts });
		}
	],
	[
		'saying who the supplier is',
		async (scope) => changeIdentity(house.services, scope, await readIdentity(house.services, scope))
	],
	[
		'deciding what accountants may do',
		(scope) => setAccountantRights(house.services, scope, { mayRefund: true, mayPublish: true })
	],
	[
		'adding a member',
		(scope) =>
			addMember(house.services, scope, {
				email: `${newId()}@lumen.example`,
				name: 'Zoé',
				role: 'read_only',
				locale: 'fr'
			})
	],
	['forgetting a member’s devices', (scope) => forgetDevices(house.services, scope, newId())],
	['giving up a part of a plan', (scope) => forgiveInstalment(house.services, scope, { planId: newId(), position: 1 })],
	[
		'publishing an offer',
		(scope) => publishPolicy(house.services, scope, { policyId: newId(), version: 1, updatedAt: new Date() })
	],
	[
		'letting somebody in at a client',
		(scope) => addContact(house.services, scope, { clientId: newId(), email: 'x@x.example', name: 'X', rights: RIGHTS })
	],
	[
		'changing what a client’s person may',
		(scope) => changeRights(house.services, scope, { clientId: newId(), contactId: newId(), rights: RIGHTS })
	],
	[
		'letting in the address of a file',
		async (scope) =>
			acceptAddress(house.services, scope, await anImport(1), { buyerKey: '|||client 0', rights: RIGHTS })
	],
	[
		'accepting a file that names another account to pay to',
		async (scope) =>
			confirmImport(house.services, scope, await anImport(1, 'DE89370400440532013000'), {
				sendsMails: false,
				acceptsReview: true
			})
	],
	['changing a role', (scope) => changeRole(house.services, scope, cast.memberId, 'owner')],
	['removing a member', (scope) => removeMember(house.services, scope, newId())],
	['being offered a new passkey', (scope) => offerPasskey(house.services, scope, newSecret())],
	[
		'adding a passkey',
		(scope) => addPasskey(house.services, scope, { name: 'P', response: registration, browserSecret: newSecret() })
	],
	['removing a passkey', (scope) => removePasskey(house.services, scope, newId())],
	[
		'mailing many clients at once',
		async (scope) =>
			confirmImport(house.services, scope, await anImport(21), { sendsMails: true, acceptsReview: false })
	]
];
const codeOf = (result: Result<unknown>): string => (result.ok ? 'done' : result.refusal.code);

describe('without a proof, or with one of ten minutes ago, these are refused, and with a younger one they are not', () => {
	test.each(ACTS)('%s', async (_name, act) => {
		expect(codeOf(await act(owner(null)))).toBe('proof_needed');
		expect(codeOf(await act(owner(ago(10 * MINUTE_MS))))).toBe('proof_needed');
		expect(codeOf(await act(owner(ago(-5 * MINUTE_MS)))), 'a proof from the future').toBe('proof_needed');
		expect(codeOf(await act(owner(ago(9 * MINUTE_MS))))).not.toBe('proof_needed');
	});
});
test('a few invoices are mailed without ado', async () =>
	expect(
		codeOf(
			await confirmImport(house.services, owner(null), await anImport(3), { sendsMails: true, acceptsReview: false })
		)
	).toBe('done'));
test('every use case that asks for an owner’s or a refunder’s right asks for the proof as well', () => {
	const root = 'src/lib/server/use-cases';
	const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
		// Looking changes nothing.
		(file) => file.endsWith('.ts') && !/(^|\/)(read|preview)-/.test(file)
	);
	const GUARDED =
		/if \(!may\(scope\.actor, '(?:refund|manage_members|set_payee)'\)\) return refuse\('not_allowed'\);\n(.*)/g;
	let found = 0;
	for (const file of files)
		for (const [, next] of readFileSync(path.join(root, file), 'utf8').matchAll(GUARDED)) {
			found += 1;
			expect(next, file).toContain('requireFreshProof(services, scope)');
		}
	expect(found).toBeGreaterThanOrEqual(10);
});
test('an act that was refused for want of a proof has done nothing', async () => {
	const before = (await listKeys(house.services, cast.owner)).length;
	await createApiKey(house.services, owner(null), aKey('Not yet'));
	expect(await listKeys(house.services, cast.owner)).toHaveLength(before);
});

describe('the code way of confirming', () => {
	const subject = () => ({ kind: 'member' as const, supplierId: cast.supplierId, subjectId: cast.memberId });
	async function ask(browserSecret: string): Promise<string> {
		const before = house.world.mailbox.mails.length;
		await askForCode(house.services, owner(null), { browserSecret, ip: newSecret(), locale: 'fr' });
		await house.drain();
		const mail = house.world.mailbox.mails.slice(before).find((one) => one.to.includes('claire@lumen.example'))!;
		return /^(\d{3}) (\d{3})$/m.exec(mail.text)!.slice(1).join('');
	}
	test('proves it in the browser that asked, once', async () => {
		const browserSecret = newSecret();
		const code = await ask(browserSecret);
		const type = (secret: string) =>
			confirmByCode(house.services, subject(), { code, browserSecret: secret, ip: newSecret() });
		expect(codeOf(await type(newSecret()))).not.toBe('done');
		expect(codeOf(await type(browserSecret))).toBe('done');
		expect(codeOf(await type(browserSecret))).not.toBe('done');
	});
	test('somebody else’s code proves nothing', async () => {
		const browserSecret = newSecret();
		const code = await ask(browserSecret);
		const other = { ...subject(), subjectId: newId() };
		expect(codeOf(await confirmByCode(house.services, other, { code, browserSecret, ip: newSecret() }))).toBe(
			'code_wrong'
		);
	});
});
