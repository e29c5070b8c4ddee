// Owners hear by mail of what opens a door or moves money's way, and decide what accountants may do.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { may, mintScope, type Permission, type Role, type Scope } from '#lib/domain/access/scope.ts';
import { minor } from '#lib/domain/money/minor.ts';
import { scopeOfSubject } from '#lib/server/access/scopes.ts';
import { newId } from '#lib/server/identity.ts';
import { createApiKey, endApiKey, listKeys } from '#lib/server/use-cases/access/api-keys.ts';
import { confirmImport } from '#lib/server/use-cases/imports/decide-import.ts';
import { importInvoices } from '#lib/server/use-cases/imports/import-invoices.ts';
import { receiveFiles } from '#lib/server/use-cases/imports/receive-files.ts';
import { publishPolicy, saveDraft } from '#lib/server/use-cases/offers/manage-policies.ts';
import { requestRefund } from '#lib/server/use-cases/payments/request-refund.ts';
import type { Result } from '#lib/server/use-cases/run.ts';
import { readAccountantRights, setAccountantRights } from '#lib/server/use-cases/suppliers/accountant-rights.ts';
import { changePayee, changeStripeAccount } from '#lib/server/use-cases/suppliers/change-payee.ts';
import { addMember, changeRole, removeMember } from '#lib/server/use-cases/suppliers/manage-members.ts';
import { readBilling, saveBilling } from '#lib/server/use-cases/suppliers/save-billing.ts';
import { aSupplier, type Cast } from '../../builders/parties.ts';
import { aKey } from '../../builders/api-keys.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
beforeAll(async () => {
	house = await openHouse();
});
afterAll(() => house.close());
beforeEach(async () => {
	cast = await aSupplier(house.services, `acct_${newId()}`);
});

const codeOf = (result: Result<unknown>): string => (result.ok ? 'done' : result.refusal.code);
async function aMember(name: string, role: Role, locale: 'fr' | 'en' = 'fr') {
	const email = `${newId()}@lumen.example`;
	const added = await addMember(house.services, cast.owner, { email, name, role, locale });
	if (!added.ok) throw new Error(added.refusal.code);
	return { email, memberId: added.value.memberId };
}
/** The scope of a person as a request would get it, with a proof of this instant. */
const scopeOf = async (memberId: string): Promise<Scope> =>
	(await scopeOfSubject(
		house.services,
		{ kind: 'member', supplierId: cast.supplierId, subjectId: memberId },
		house.services.clock.now()
	))!;
const ids: { import?: string } = {};
/** One invoice that names an account which is not the supplier's. */
async function anImportToLookAt(): Promise<string> {
	const importId = newId();
	const invoice = {
		number: `P-${importId}`,
		issued_on: '2026-11-01',
		due_on: '2026-12-01',
		client: { name: 'Client' },
		net_minor: '10000',
		vat_lines: [{ rate_bps: 2000, base_minor: '10000', vat_minor: '2000' }],
		gross_minor: '12000',
		payee_iban: 'FR1420041010050500013M02606'
	};
	const bytes = new TextEncoder().encode(JSON.stringify({ invoices: [invoice] }));
	await receiveFiles(house.services, cast.owner, { importId, files: [{ name: 'i.json', bytes }], isLast: true });
	return importId;
}
/** What was mailed about since, to whom. */
async function told(work: () => Promise<Result<unknown>>): Promise<{ to: string; text: string }[]> {
	await house.drain();
	const before = house.world.mailbox.mails.length;
	expect(codeOf(await work())).toBe('done');
	// An import is kept after the mails of the same round have left.
	await house.drain();
	await house.drain();
	return house.world.mailbox.mails
		.slice(before)
		.map((mail) => ({ to: mail.to[0]!, text: `${mail.subject}\n${mail.text}` }));
}

describe('every owner is told, in the owner’s language and by name of who did it, that', () => {
	const ACTS: [string, RegExp, (scope: Scope) => Promise<Result<unknown>>][] = [
		[
			'an API key was created',
			/API key “Sage” was created/,
			(scope) => createApiKey(house.services, scope, aKey('Sage'))
		],
		[
			'an API key was ended',
			/API key “Bank” was revoked/,
			async (scope) => {
				const before = await listKeys(house.services, scope);
				return endApiKey(house.services, scope, before.find((key) => key.name === 'Bank')!.apiKeyId);
			}
		],
		[
			'a file with another account to pay to was accepted',
			/Invoices that name an account other than yours were accepted in an import: 1/,
			async (scope) => confirmImport(house.services, scope, ids.import!, { sendsMails: false, acceptsReview: true })
		],
		[
			'transfers go to another account',
			/FR76 … 0189 becomes FR14 … 2606/,
			(scope) => changePayee(house.services, scope, { iban: 'FR14 2004 1010 0505 0001 3M02 606', bic: 'PSSTFRPP' })
		],
		[
			'another Stripe account collects',
			/Stripe account that collects payments has changed/,
			(scope) => changeStripeAccount(house.services, scope, `acct_${newId().replaceAll('-', '')}`)
		],
		[
			'the books have other account numbers',
			/account numbers used in the books have changed/,
			async (scope) => {
				const { today: _, ...billing } = await readBilling(house.services, scope);
				return saveBilling(house.services, scope, { ...billing, accounts: { '411': '411000' } });
			}
		],
		[
			'accountants may do something else',
			/What accountants may do has changed/,
			(scope) => setAccountantRights(house.services, scope, { mayRefund: false, mayPublish: true })
		],
		[
			'somebody joined',
			/Zoé has joined the team: Accountant/,
			(scope) =>
				addMember(house.services, scope, {
					email: `${newId()}@lumen.example`,
					name: 'Zoé',
					role: 'accountant',
					locale: 'fr'
				})
		]
	];
	test.each(ACTS)('%s', async (_name, words, act) => {
		const second = await aMember('Ann', 'owner', 'en');
		const accountant = await aMember('Hugo', 'accountant');
		await createApiKey(house.services, cast.owner, aKey('Bank'));
		ids.import = await anImportToLookAt();
		const mails = await told(() => act(cast.owner));
		expect(mails.map((mail) => mail.to).sort()).toEqual(['claire@lumen.example', second.email].sort());
		const english = mails.find((mail) => mail.to === second.email)!;
		expect(english.text).toMatch(words);
		expect(english.text).toContain('Claire Martin · claire@lumen.example');
		expect(english.text).toContain('because you are a member of the Atelier Lumen SARL team');
		expect(mails.find((mail) => mail.to !== second.email)!.text).toContain('Sécurité de votre compte');
		expect(mails.some((mail) => mail.to === accountant.email)).toBe(false);
	});
	test('a role changed or somebody left; that person too', async () => {
		const hugo = await aMember('Hugo', 'accountant', 'en');
		const changed = await told(() => changeRole(house.services, cast.owner, hugo.memberId, 'read_only'));
		expect(changed.map((mail) => mail.to).sort()).toEqual(['claire@lumen.example', hugo.email].sort());
		expect(changed.find((mail) => mail.to === hugo.email)!.text).toContain('Hugo’s role has changed: Read only');
		const left = await told(() => removeMember(house.services, cast.owner, hugo.memberId));
		expect(left.find((mail) => mail.to === hugo.email)!.text).toMatch(/Hugo[\s\S]*Hugo is no longer in the team/);
	});
});
describe('of the addresses that come with new clients', () => {
	const invoicesOf = (emails: string[]) => ({
		name: `${newId()}.json`,
		bytes: new TextEncoder().encode(
			JSON.stringify({
				invoices: emails.map((email) => ({
					number: `K-${newId()}`,
					issued_on: '2026-11-01',
					due_on: '2026-12-01',
					client: { name: `Client de ${email}`, email },
					net_minor: '10000',
					vat_lines: [{ rate_bps: 2000, base_minor: '10000', vat_minor: '2000' }],
					gross_minor: '12000'
				}))
			})
		)
	});
	async function theKey(): Promise<Scope> {
		await createApiKey(house.services, cast.owner, aKey('Sage'));
		const [key] = await listKeys(house.services, cast.owner);
		return mintScope(cast.supplierId, { kind: 'api_key', apiKeyId: key?.apiKeyId ?? '', scopes: ['import'] });
	}
	const seven = Array.from({ length: 7 }, (_, i) => `k${i}@x.example`);

	test('an API key’s are told at once, in one mail, to every owner; a client that is known tells nothing', async () => {
		const ann = await aMember('Ann', 'owner', 'en');
		const key = await theKey();
		const file = invoicesOf(seven);
		const mails = await told(() => importInvoices(house.services, key, [file], { sendMails: false }));
		expect(mails.map(({ to }) => to).sort()).toEqual(['claire@lumen.example', ann.email].sort());
		const text = mails.find(({ to }) => to === ann.email)?.text ?? '';
		expect(text).toContain('The API key “Sage” created clients with these addresses');
		expect(text).toContain('k0@x.example, k1@x.example, k2@x.example, k3@x.example, k4@x.example (and others: 2)');
		expect(text).toContain('end the key in the settings');
		const again = await told(() =>
			importInvoices(house.services, key, [invoicesOf(['k0@x.example'])], { sendMails: false })
		);
		expect(again).toEqual([]);
	});
	test('an import that a key confirms tells them too; one that a person confirms does not: that person has seen them', async () => {
		const key = await theKey();
		const opened = async (scope: Scope) => {
			const importId = newId();
			const files = [invoicesOf([`${importId}@x.example`])];
			expect(codeOf(await receiveFiles(house.services, scope, { importId, files, isLast: true }))).toBe('done');
			await house.drain();
			return importId;
		};
		const word = { sendsMails: false, acceptsReview: false };
		const byKey = await opened(key);
		expect((await told(() => confirmImport(house.services, key, byKey, word))).map(({ text }) => text)).toEqual([
			expect.stringContaining(`${byKey}@x.example`)
		]);
		const byPerson = await opened(key);
		expect(await told(() => confirmImport(house.services, cast.owner, byPerson, word))).toEqual([]);
	});
});
test('billing settings that leave the accounts alone tell nobody and ask for no proof', async () => {
	const scope = mintScope(cast.supplierId, { kind: 'member', memberId: cast.memberId, role: 'owner' });
	const { today: _, ...billing } = await readBilling(house.services, scope);
	expect(await told(() => saveBilling(house.services, scope, { ...billing, planCureDays: 9 }))).toEqual([]);
});
test('the last owner stays an owner, also when two owners remove each other at once', async () => {
	expect(codeOf(await changeRole(house.services, cast.owner, cast.memberId, 'accountant'))).toBe('last_owner');
	expect(codeOf(await removeMember(house.services, cast.owner, cast.memberId))).toBe('last_owner');
	const ann = await aMember('Ann', 'owner');
	const annScope = await scopeOf(ann.memberId);
	const outcomes = await Promise.all([
		removeMember(house.services, cast.owner, ann.memberId),
		removeMember(house.services, annScope, cast.memberId)
	]);
	expect(outcomes.map(codeOf).sort()).toEqual(['done', 'last_owner']);
});
test('only owners change the team, where money goes, and what accountants may do', async () => {
	const accountant = await scopeOf((await aMember('Hugo', 'accountant')).memberId);
	const acts = [
		addMember(house.services, accountant, { email: 'x@lumen.example', name: 'X', role: 'owner', locale: 'fr' }),
		changeRole(house.services, accountant, cast.memberId, 'read_only'),
		removeMember(house.services, accountant, cast.memberId),
		changePayee(house.services, accountant, { iban: 'FR7610278021370000123456794', bic: null }),
		changeStripeAccount(house.services, accountant, 'acct_other'),
		setAccountantRights(house.services, accountant, { mayRefund: true, mayPublish: true })
	];
	expect((await Promise.all(acts)).map(codeOf)).toEqual(Array(acts.length).fill('not_allowed'));
});

describe('accountants refund and publish', () => {
	const rightsOf = async (role: Role): Promise<Permission[]> => {
		const { actor } = await scopeOf((await aMember(role, role)).memberId);
		return (['refund', 'publish_offers', 'set_offers'] as const).filter((permission) => may(actor, permission));
	};
	test('as long as the owners let them', async () => {
		expect(await readAccountantRights(house.services, cast.owner)).toEqual({ mayRefund: true, mayPublish: true });
		expect(await rightsOf('accountant')).toEqual(['refund', 'publish_offers', 'set_offers']);
		await setAccountantRights(house.services, cast.owner, { mayRefund: false, mayPublish: true });
		expect(await rightsOf('accountant')).toEqual(['publish_offers', 'set_offers']);
		await setAccountantRights(house.services, cast.owner, { mayRefund: true, mayPublish: false });
		expect(await rightsOf('accountant')).toEqual(['refund', 'set_offers']);
		expect(await rightsOf('owner'), 'owners keep theirs').toEqual(['refund', 'publish_offers', 'set_offers']);
		expect(await rightsOf('read_only')).toEqual([]);
	});
	test('not any more once the owners say so: the use cases refuse, the draft is still theirs to write', async () => {
		const hugo = await aMember('Hugo', 'accountant');
		await setAccountantRights(house.services, cast.owner, { mayRefund: false, mayPublish: false });
		const scope = await scopeOf(hugo.memberId);
		const refund = { refundRequestId: newId(), paymentId: newId(), amountMinor: minor(100n) };
		expect(codeOf(await requestRefund(house.services, scope, refund))).toBe('not_allowed');
		const draft = await saveDraft(house.services, scope, {
			policyId: null,
			name: 'Essai',
			audience: { kind: 'all' },
			terms: { discount: null, instalments: null, minMinor: null, maxMinor: null } as never
		});
		if (!draft.ok) throw new Error(draft.refusal.code);
		expect(codeOf(await publishPolicy(house.services, scope, draft.value))).toBe('not_allowed');
	});
});
