// Who the supplier is, and its picture: owners say it, the database holds them to it, and nobody but its own supplier is touched.
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { TypedIdentity } from '#lib/contract/identity.ts';
import { mintScope, type Scope } from '#lib/domain/access/scope.ts';
import { readLogo as look } from '#lib/domain/identity/logo.ts';
import { publicPictureResponse } from '#lib/server/http/file-response.ts';
import { newId, sha256 } from '#lib/server/identity.ts';
import { openPdf } from '#lib/server/documents/pdf.ts';
import { logoView } from '#lib/server/logo-address.ts';
import { renderMail } from '#lib/server/mails/layout.ts';
import { insertLogo, listLogoHashes } from '#lib/server/store/logos.ts';
import { audit, mail, outbox, securityEvent, supplierLogo } from '#lib/server/store/schema/index.ts';
import { getSupplier } from '#lib/server/store/suppliers.ts';
import { inScope } from '#lib/server/store/tx.ts';
import type { Result } from '#lib/server/use-cases/run.ts';
import { changeIdentity, readIdentity } from '#lib/server/use-cases/suppliers/change-identity.ts';
import { changeLogo, removeLogo } from '#lib/server/use-cases/suppliers/change-logo.ts';
import { readLogo } from '#lib/server/use-cases/suppliers/read-logo.ts';
import { anInvoice, aPayer, aSupplier, type Cast } from '../../builders/parties.ts';
import { aJpeg, aPng } from '../../builders/pictures.ts';
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
const codeOf = (result: Result<unknown>): string =>
	result.ok ? 'done' : [result.refusal.code, ...Object.values(result.refusal.detail)].join(' ');
const supplierOf = (one: Cast) => inScope(house.services.db, one.system, (tx) => getSupplier(tx, one.system));
const hashesOf = (one: Cast) => inScope(house.services.db, one.system, (tx) => listLogoHashes(tx, one.system));
const keptHash = (bytes: Uint8Array): string => {
	const read = look(bytes);
	if (!read.ok) throw new Error(read.problem);
	return sha256(read.logo.bytes);
};
const served = (hash: string) => readLogo(house.services, hash);
const actionsOf = (one: Cast): Promise<string[]> =>
	inScope(house.services.db, one.system, async (tx) =>
		(await tx.select().from(audit).where(eq(audit.supplierId, one.supplierId))).map(({ action }) => action)
	);

/** Another one in each test: an address is shared by all suppliers of this database. */
let pictures = 0;
const aPicture = (): Buffer => aPng({ fill: 1 + (++pictures % 250), width: 64 + Math.floor(pictures / 250) });

describe('a logo', () => {
	test('is kept under its hash, shown with the room it takes, and served to anybody for long', async () => {
		expect(codeOf(await changeLogo(house.services, cast.owner, aPng({ width: 320, height: 80 })))).toBe('done');
		const hash = keptHash(aPng({ width: 320, height: 80 }));
		expect(logoView(await supplierOf(cast))).toEqual({ url: `/logo/${hash}`, width: 96, height: 24 });
		const answer = publicPictureResponse(await served(hash));
		expect(Object.fromEntries(answer.headers)).toEqual({
			'content-type': 'image/png',
			'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
			'x-content-type-options': 'nosniff',
			'cross-origin-resource-policy': 'cross-origin',
			'cache-control': 'public, max-age=31536000, immutable'
		});
		expect(sha256(new Uint8Array(await answer.arrayBuffer()))).toBe(hash);
		expect(await actionsOf(cast)).toEqual(['logo_changed']);
		const events = await inScope(house.services.db, cast.system, (tx) =>
			tx.select().from(securityEvent).where(eq(securityEvent.supplierId, cast.supplierId))
		);
		expect(events.map(({ kind, detail }) => [kind, detail])).toEqual([['billing_changed', { what: 'logo' }]]);
		const news = await inScope(house.services.db, cast.system, (tx) =>
			tx.select().from(outbox).where(eq(outbox.supplierId, cast.supplierId))
		);
		expect(news.map(({ kind }) => kind)).toEqual(['offers.changed']);
	});
	test.each([
		['nothing', Buffer.alloc(0), 'missing'],
		['a page', Buffer.from('<html><script>alert(1)</script>'), 'not_a_picture'],
		['a PNG whose pixels are too few', aPng({ pixels: Buffer.alloc(40) }), 'damaged'],
		['a PNG whose pixels are too many: a bomb', aPng({ pixels: Buffer.alloc(60_000_000) }), 'damaged'],
		['a PNG too large', aPng({ width: 4000, height: 4000, pixels: Buffer.alloc(9) }), 'too_large']
	])('%s is refused, and what stood stands', async (_, bytes, problem) => {
		await changeLogo(house.services, cast.owner, aPng());
		expect(codeOf(await changeLogo(house.services, cast.owner, bytes))).toBe(`logo_refused ${problem}`);
		expect((await supplierOf(cast)).logoSha256).toBe(keptHash(aPng()));
	});
	test('another takes its place; mails already sent find theirs, and the oldest go', async () => {
		const many = Array.from({ length: 7 }, aPicture);
		for (const one of many) {
			expect(codeOf(await changeLogo(house.services, cast.owner, one))).toBe('done');
			await house.advance(1);
		}
		const hashes = many.map(keptHash);
		expect((await supplierOf(cast)).logoSha256).toBe(hashes[6]);
		expect(await hashesOf(cast)).toEqual(hashes.slice(2).reverse());
		expect(await served(hashes[0]!)).toBeNull();
		expect(await served(hashes[2]!)).not.toBeNull();
		// The oldest of those again: it is there, and stays.
		await changeLogo(house.services, cast.owner, many[2]!);
		await changeLogo(house.services, cast.owner, aJpeg());
		expect((await hashesOf(cast)).length).toBe(5);
		expect((await served(keptHash(aJpeg())))?.mediaType).toBe('image/jpeg');
	});
	test('taken away, it is gone from every address, with those before it', async () => {
		const [before, today] = [aPicture(), aPicture()];
		await changeLogo(house.services, cast.owner, before);
		await changeLogo(house.services, cast.owner, today);
		expect(codeOf(await removeLogo(house.services, cast.owner))).toBe('done');
		expect(logoView(await supplierOf(cast))).toBeNull();
		for (const one of [before, today]) expect(await served(keptHash(one))).toBeNull();
		expect(await actionsOf(cast)).toEqual(['logo_changed', 'logo_changed', 'logo_removed']);
		expect(codeOf(await removeLogo(house.services, cast.owner))).toBe('done');
		expect(await actionsOf(cast)).toHaveLength(3);
	});
	test('is an owner’s to change, by the product and by the database', async () => {
		const payer = await aPayer(house.services, cast);
		for (const scope of [cast.accountant, cast.readOnly, payer.scope]) {
			expect(codeOf(await changeLogo(house.services, scope, aPng()))).toBe('not_allowed');
			expect(codeOf(await removeLogo(house.services, scope))).toBe('not_allowed');
			const row = { sha256: sha256(aPng()), mediaType: 'image/png' as const, width: 64, height: 40, content: aPng() };
			await expect(
				inScope(house.services.db, scope, (tx) => insertLogo(tx, scope, { ...row, createdAt: new Date() }))
			).rejects.toMatchObject({ cause: { code: '42501' } });
		}
		expect(await hashesOf(cast)).toEqual([]);
	});
	test('of another supplier is neither seen in a scope nor taken away; the same picture has one address, and goes with its last', async () => {
		const shared = aPicture();
		const other = await aSupplier(house.services, `acct_${newId()}`, 'Canuts');
		await changeLogo(house.services, cast.owner, shared);
		await changeLogo(house.services, other.owner, shared);
		const seen = await inScope(house.services.db, cast.owner, (tx) => tx.select().from(supplierLogo));
		expect(seen.map(({ supplierId }) => supplierId)).toEqual([cast.supplierId]);
		await inScope(house.services.db, cast.owner, (tx) =>
			tx.delete(supplierLogo).where(eq(supplierLogo.supplierId, other.supplierId))
		);
		await removeLogo(house.services, cast.owner);
		expect(await served(keptHash(shared))).not.toBeNull();
		await removeLogo(house.services, other.owner);
		expect(await served(keptHash(shared))).toBeNull();
	});
	test('the database keeps no other bytes than those of the address, and no size that is not the picture’s', async () => {
		const { owner } = cast;
		const row = { mediaType: 'image/png' as const, width: 64, height: 40, content: aPng(), createdAt: new Date() };
		const kept = (over: object) =>
			inScope(house.services.db, owner, (tx) => insertLogo(tx, owner, { ...row, sha256: sha256(aPng()), ...over }));
		await expect(kept({ sha256: sha256('another') })).rejects.toMatchObject({
			cause: { constraint_name: 'supplier_logo_content_check' }
		});
		await expect(kept({ width: 20 })).rejects.toMatchObject({ cause: { constraint_name: 'supplier_logo_size_check' } });
	});
	test('an address is a hash and nothing else', async () => {
		for (const hash of ['', '..%2f', 'x'.repeat(64), 'A'.repeat(64), `${'a'.repeat(64)}.png`])
			expect(await served(hash)).toBeNull();
		expect(() => publicPictureResponse(null)).toThrow();
	});
});

const typed = (over: Partial<TypedIdentity> = {}): TypedIdentity => ({
	forme: 'SARL au capital de 10 000 €',
	siren: '552 100 554',
	telephone: '04 78 30 12 00',
	rue: '12 rue Mercière',
	codePostal: '69002',
	ville: 'Lyon',
	...over
});
describe('the identity', () => {
	test('is kept as it is typed, noted, and told to the owners with the number before and after', async () => {
		expect(codeOf(await changeIdentity(house.services, cast.owner, typed()))).toBe('done');
		expect(await readIdentity(house.services, cast.readOnly)).toEqual({
			...typed({ siren: '552100554', telephone: '04\u00a078\u00a030\u00a012\u00a000' }),
			legalName: 'Atelier Lumen SARL'
		});
		expect((await supplierOf(cast)).address.country).toBe('FR');
		expect(await actionsOf(cast)).toEqual(['identity_changed']);
		const told = await inScope(house.services.db, cast.system, (tx) =>
			tx.select().from(mail).where(eq(mail.supplierId, cast.supplierId))
		);
		expect(told.map(({ kind, toAddress }) => [kind, toAddress])).toEqual([['owner_notice', 'claire@lumen.example']]);
	});
	test('what is wrong is named, and nothing is kept', async () => {
		expect(codeOf(await changeIdentity(house.services, cast.owner, typed({ siren: '1', telephone: '2' })))).toBe(
			'input_invalid siren telephone'
		);
		expect((await supplierOf(cast)).legalForm).toBeNull();
	});
	test('asks for a fresh proof, of an owner', async () => {
		const late: Scope = mintScope(cast.supplierId, {
			kind: 'member',
			memberId: cast.memberId,
			role: 'owner',
			provenAt: new Date(house.services.clock.now().getTime() - 3_600_000)
		});
		expect(codeOf(await changeIdentity(house.services, late, typed()))).toBe('proof_needed');
		for (const scope of [cast.accountant, cast.readOnly])
			expect(codeOf(await changeIdentity(house.services, scope, typed()))).toBe('not_allowed');
	});
});

describe('on papers and in mails', () => {
	const issuer = {
		name: 'A',
		legalName: 'A',
		legalForm: 'SARL',
		siren: null,
		vatNumber: null,
		address: [],
		brandHue: 1
	};
	const paper = (content: Uint8Array | null): Promise<Uint8Array> =>
		openPdf(
			'Reçu',
			{ ...issuer, phone: '+33478301200', logo: content && { content, width: 64, height: 40 } },
			'fr'
		).finish();
	test.each([
		['a PNG with alpha', aPng()],
		['a grey PNG', aPng({ colour: 0 })],
		['a PNG of four bits', aPng({ colour: 0, bits: 4 })],
		['a PNG of two colours', aPng({ colour: 3, bits: 1 })],
		['grey and alpha', aPng({ colour: 4 })],
		['a JPEG', aJpeg()]
	])('%s is drawn above the name', async (_, bytes) => {
		const read = look(bytes);
		const pdf = Buffer.from(await paper(read.ok ? read.logo.bytes : null)).toString('latin1');
		expect(pdf).toMatch(/\/Subtype \/Image/);
		expect(Buffer.from(await paper(null)).toString('latin1')).not.toMatch(/\/Subtype \/Image/);
	});
	test('a mail shows it by its whole address, in its room, with the name for who sees no pictures; its text is what it was', () => {
		const written = {
			locale: 'fr' as const,
			subject: 'S',
			preview: 'P',
			supplierName: 'A & B',
			brandHue: 1,
			blocks: [],
			footer: []
		};
		const logo = { url: 'https://pay.example/logo/x', width: 96, height: 24 };
		const [with_, without] = [renderMail({ ...written, logo }), renderMail(written)];
		expect(with_.html).toMatch(/<img src="https:\/\/pay\.example\/logo\/x" width="96" height="24" alt="A &#38; B"/);
		expect(without.html).not.toContain('<img');
		expect(with_.text).toBe(without.text);
	});
	test('a mail to a client carries today’s', async () => {
		const payer = await aPayer(house.services, cast);
		await changeLogo(house.services, cast.owner, aPng({ width: 320, height: 80 }));
		await changeIdentity(house.services, cast.owner, typed());
		await anInvoice(house.services, cast, {}, { sendMails: true });
		await house.drain();
		const mine = house.world.mailbox.mails.find((one) => one.to.includes(payer.email));
		expect(mine?.html).toContain(`/logo/${keptHash(aPng({ width: 320, height: 80 }))}"`);
		expect(mine?.text).toMatch(/SIREN 552\s100\s554 · Lyon · 04\s78\s30\s12\s00/);
	});
});
