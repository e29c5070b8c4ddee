// One yes does one thing: what a page of the supplier's rooms publishes, ends or throws away is what it was showing, clicked twice, sent again or from a tab that
// has been open since this morning. Through the routes, as their forms send it.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_PROGRAMME } from '#lib/domain/points/default-programme.ts';
import { programmeFormOf } from '#lib/contract/programme-form-of.ts';
import { newSecret } from '#lib/server/identity.ts';
import { listVersions } from '#lib/server/store/offers.ts';
import { listProgrammes } from '#lib/server/store/points-programme.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { publishPolicy, saveDraft } from '#lib/server/use-cases/offers/manage-policies.ts';
import { readOfferEditor } from '#lib/server/use-cases/offers/read-offers.ts';
import { publishProgramme, saveProgramme } from '#lib/server/use-cases/points/manage-programme.ts';
import { readProgramme } from '#lib/server/use-cases/points/read-programme.ts';
import { aSupplier, type Cast } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';
import { askEndpoint, findEndpoints, openDoors, type Endpoint } from '../../setup/routes.ts';

let house: TestHouse;
let doors: ReturnType<typeof openDoors>;
let endpoints: Endpoint[];
let cast: Cast;
let cookie: string;
const NAMES = Array.from({ length: 16 }, (_, i) => `acct_${i + 1}`);
let used = 0;
beforeAll(async () => {
	house = await openHouse(NAMES);
	doors = openDoors(house);
	endpoints = await findEndpoints();
});
// A supplier of its own for each: an offer more or less changes nothing of another test.
beforeEach(async () => {
	cast = await aSupplier(house.services, NAMES[used++]);
	const owner = { kind: 'member' as const, supplierId: cast.supplierId, subjectId: cast.memberId };
	const beginning = { userAgent: 'test', address: null, provenAt: house.services.clock.now() };
	const { cookie: made } = await doors.sessions.create(owner, beginning);
	cookie = `${made.name}=${made.value}; ponctuel_browser=${newSecret()}`;
});
afterAll(async () => {
	doors.close();
	await house.close();
});

type Shown = { error?: { code: string }; form?: object; end?: object };
/** What was answered last. */
let last: Shown = {};
async function send(path: string, fields: Record<string, unknown>, params: Record<string, string> = {}) {
	const answer = await askEndpoint(
		endpoints.find((one) => one.name === `POST ${path}`)!,
		{
			origin: 'http://localhost:1',
			params,
			headers: { cookie, origin: 'http://localhost:1', 'content-type': 'application/x-www-form-urlencoded' },
			body: String(new URLSearchParams(Object.entries(fields).map(([name, value]) => [name, String(value ?? '')])))
		}
	);
	const text = await answer.text();
	last = (text ? JSON.parse(text) : {}) as Shown;
	return last.error?.code ?? answer.status;
}

describe('an offer', () => {
	const TYPED = { nom: 'Deux pour cent', pour: 'all', moyens: 'card', escompte: '1', tva: 'by_law' };
	const fields = (rate: string) => ({ ...TYPED, 'palier.0.taux': rate, 'palier.0.jours': '10' });
	const offer = (action: string, id: string, sent: Record<string, unknown>) =>
		send(`/admin/offres/[id]?/${action}`, sent, { id });
	/** What the hidden fields of its page say at this moment. */
	async function page(id: string) {
		const read = await readOfferEditor(house.services, cast.owner, id, { locale: 'fr' });
		if (!read.ok) throw new Error(read.refusal.code);
		const { nextVersion, liveVersion, draftBegunAt } = read.value;
		return { version: nextVersion, publiee: liveVersion, brouillon: draftBegunAt };
	}
	const versionsOf = async (id: string) =>
		(await inScope(house.services.db, cast.system, (tx) => listVersions(tx, cast.system, id))).map(
			(row) => `${row.version} ${!row.publishedAt ? 'draft' : row.endedAt ? 'ended' : 'live'}`
		);
	/** Published, with a draft of its next version. */
	async function withDraft(): Promise<string> {
		const id = crypto.randomUUID();
		expect(await offer('publier', 'nouvelle', { ...fields('2'), offre: id, version: 1 })).toBe(303);
		await offer('enregistrer', id, fields('3'));
		expect(await versionsOf(id)).toEqual(['2 draft', '1 live']);
		return id;
	}

	test('whose draft is thrown away twice, at once or later, is still the one that is published', async () => {
		const id = await withDraft();
		const shown = await page(id);
		expect(await Promise.all([offer('supprimer', id, shown), offer('supprimer', id, shown)])).toEqual([303, 303]);
		expect(await offer('supprimer', id, shown)).toBe(303);
		expect(await versionsOf(id)).toEqual(['1 live']);
		// Begun anew, with the same number: nobody has seen this one.
		await house.advance(1);
		await offer('enregistrer', id, fields('4'));
		expect(await offer('supprimer', id, shown)).toBe('offer_changed');
		expect(await versionsOf(id)).toEqual(['2 draft', '1 live']);
	});
	test('is ended, not its draft and not the version after it', async () => {
		const id = await withDraft();
		const shown = await page(id);
		expect(await Promise.all([offer('terminer', id, shown), offer('terminer', id, shown)])).toEqual([303, 303]);
		expect(await versionsOf(id)).toEqual(['2 draft', '1 ended']);
		expect(await offer('publier', id, { ...fields('3'), ...(await page(id)) })).toBe(303);
		expect(await offer('terminer', id, shown)).toBe('offer_changed');
		expect(await offer('supprimer', id, shown)).toBe('offer_changed');
		expect(await offer('terminer', id, {})).toBe('offer_changed');
		expect(await versionsOf(id)).toEqual(['2 live', '1 ended']);
	});
	test('is published once: a second click is not another version, nor another offer', async () => {
		const id = crypto.randomUUID();
		const first = { ...fields('2'), offre: id, version: 1 };
		const answers = await Promise.all([offer('publier', 'nouvelle', first), offer('publier', 'nouvelle', first)]);
		expect(answers).toEqual([303, 303]);
		expect(await offer('publier', 'nouvelle', first)).toBe(303);
		expect(await versionsOf(id)).toEqual(['1 live']);
		const shown = await page(id);
		const again = await Promise.all(['3', '3'].map((rate) => offer('publier', id, { ...fields(rate), ...shown })));
		// Whoever comes second reads that it is done: it is what they asked for.
		expect(again).toEqual([303, 303]);
		expect(await offer('publier', id, { ...fields('3'), ...shown })).toBe(303);
		expect(await offer('publier', id, { ...fields('9'), ...shown })).toBe('offer_changed');
		expect(await versionsOf(id)).toEqual(['2 live', '1 ended']);
		// Ended since, it is not what this form would have.
		await offer('terminer', id, await page(id));
		expect(await offer('publier', id, { ...fields('3'), ...shown })).toBe('offer_changed');
		expect(await versionsOf(id)).toEqual(['2 ended', '1 ended']);
	});
	test('is published as this person saved it: not what a colleague saved in between, in the same instant neither', async () => {
		const terms = { validFrom: null, validUntil: null, methods: ['card' as const], discount: null, instalments: null };
		const typed = { policyId: null, name: 'Deux', audience: { kind: 'all' as const }, terms };
		const at = house.services.clock.now();
		const services = { ...house.services, clock: { now: () => at } };
		const save = async (over: object) => {
			const saved = await saveDraft(services, cast.owner, { ...typed, ...over });
			if (!saved.ok) throw new Error(saved.refusal.code);
			return saved.value;
		};
		const mine = await save({});
		const theirs = await save({ policyId: mine.policyId, name: 'Neuf' });
		const publish = (saved: typeof mine) => publishPolicy(house.services, cast.owner, saved);
		expect(await publish(mine)).toMatchObject({ refusal: { code: 'offer_changed' } });
		expect(await versionsOf(mine.policyId)).toEqual(['1 draft']);
		// Nothing was changed by whoever only pressed the button again.
		expect(await save({ policyId: mine.policyId, name: 'Neuf' })).toEqual(theirs);
		expect(await publish(theirs)).toMatchObject({ ok: true });
	});
	test('that was never published and is thrown away twice is gone once', async () => {
		const id = crypto.randomUUID();
		await offer('enregistrer', 'nouvelle', { ...fields('2'), offre: id });
		const shown = await page(id);
		const answers = await Promise.all([offer('supprimer', id, shown), offer('supprimer', id, shown)]);
		// Nothing is left of it: it answers as an offer that nobody has.
		expect(answers.sort()).toEqual([303, 'not_found']);
		expect(await offer('supprimer', id, shown)).toBe('not_found');
		expect(await versionsOf(id)).toEqual([]);
	});
	test('that was published from its first form is not written over by another that is typed there later', async () => {
		const id = crypto.randomUUID();
		const blank = { offre: id, version: 1 };
		expect(await offer('publier', 'nouvelle', { ...fields('2'), ...blank })).toBe(303);
		for (const action of ['enregistrer', 'publier'])
			expect(await offer(action, 'nouvelle', { ...fields('5'), ...blank, nom: 'Une autre' })).toBe('offer_changed');
		expect(await versionsOf(id)).toEqual(['1 live']);
	});
	test('that is new is kept once, however often it is sent', async () => {
		const id = crypto.randomUUID();
		const sent = Array.from({ length: 4 }, () => offer('enregistrer', 'nouvelle', { ...fields('2'), offre: id }));
		expect(await Promise.all(sent)).toEqual([303, 303, 303, 303]);
		expect(await versionsOf(id)).toEqual(['1 draft']);
	});
});

describe('the programme of points', () => {
	const form = { nom: 'x' };
	const programme = (action: string, sent: Record<string, unknown> = {}) => send(`/admin/points?/${action}`, sent);
	const rows = () => inScope(house.services.db, cast.system, (tx) => listProgrammes(tx, cast.system));
	const versions = async () =>
		(await rows()).map((row) => `${row.version} ${!row.publishedAt ? 'draft' : row.endedAt ? 'ended' : 'live'}`);
	async function page() {
		const { draftVersion, draftBegunAt, versions: all } = await readProgramme(house.services, cast.owner, 'fr');
		return { version: draftVersion ?? (all[0]?.version ?? 0) + 1, brouillon: draftBegunAt };
	}
	/** The default rules as their form sends them. */
	const typed = () => {
		const { nameFr, nameEn, tiers } = programmeFormOf(DEFAULT_PROGRAMME, 'fr');
		const named = tiers.flatMap((tier, i) => [
			[`palier.${i}.nom.fr`, tier.nameFr],
			[`palier.${i}.nom.en`, tier.nameEn],
			[`palier.${i}.seuil`, tier.threshold],
			[`palier.${i}.multiplicateur`, tier.multiplier]
		]);
		return {
			...form,
			'nom.fr': nameFr,
			'nom.en': nameEn,
			points: '1',
			tranche: '10',
			base: 'with_vat',
			expiration: 'never',
			preavis: '30',
			...Object.fromEntries(named)
		};
	};

	test('is published once, and its clients are told once of a new version', async () => {
		const shown = { ...typed(), ...(await page()) };
		const answers = await Promise.all([programme('publier', shown), programme('publier', shown)]);
		expect(answers).toEqual([200, 200]);
		expect(await programme('publier', shown)).toBe(200);
		expect(await programme('publier', { ...shown, preavis: '31' })).toBe('programme_changed');
		expect(await versions()).toEqual(['1 live']);
	});
	test('is published as this person saved it: not what a colleague saved in between', async () => {
		const save = async (expiryNoticeDays: number) => {
			const saved = await saveProgramme(house.services, cast.owner, { ...DEFAULT_PROGRAMME, expiryNoticeDays });
			if (!saved.ok) throw new Error(saved.refusal.code);
			return saved.value;
		};
		const mine = await save(30);
		const theirs = await save(31);
		const publish = (saved: typeof mine) => publishProgramme(house.services, cast.owner, saved);
		expect(await publish(mine)).toMatchObject({ refusal: { code: 'programme_changed' } });
		expect(await versions()).toEqual(['1 draft']);
		expect(await save(31)).toEqual(theirs);
		expect(await publish(theirs)).toMatchObject({ ok: true });
		expect((await rows()).map((row) => row.terms.expiryNoticeDays)).toEqual([31]);
	});
	test('ends with the draft that its page showed, not with one begun since; what was typed comes back', async () => {
		expect(await programme('publier', { ...typed(), ...(await page()) })).toBe(200);
		const end = { ...(await page()), gagner: '2099-01-01', utiliser: '2099-12-31', compris: '1' };
		await saveProgramme(house.services, cast.owner, { ...DEFAULT_PROGRAMME, expiryNoticeDays: 31 });
		expect(await programme('terminer', end)).toBe('programme_changed');
		expect(last.end).toMatchObject({ earnOn: '2099-01-01', isConfirmed: true });
		expect(await versions()).toEqual(['2 draft', '1 live']);
		expect(await programme('terminer', { ...end, ...(await page()) })).toBe(200);
		expect(await versions()).toEqual(['1 live']);
	});
	test('loses the draft that was seen, once, and none that was begun after it', async () => {
		await saveProgramme(house.services, cast.owner, DEFAULT_PROGRAMME);
		const shown = await page();
		expect(await Promise.all([programme('supprimer', shown), programme('supprimer', shown)])).toEqual([200, 200]);
		expect(await versions()).toEqual([]);
		await house.advance(1);
		await saveProgramme(house.services, cast.owner, { ...DEFAULT_PROGRAMME, expiryNoticeDays: 31 });
		expect(await programme('supprimer', { ...typed(), preavis: '77', ...shown })).toBe('programme_changed');
		// What was typed stays on the screen.
		expect(last.form).toMatchObject({ noticeDays: '77' });
		expect(await programme('supprimer')).toBe('programme_changed');
		expect(await versions()).toEqual(['1 draft']);
	});
	test('is begun once: what a colleague has written since is not written over', async () => {
		expect(await Promise.all([programme('commencer'), programme('commencer')])).toEqual([200, 200]);
		await saveProgramme(house.services, cast.owner, { ...DEFAULT_PROGRAMME, expiryNoticeDays: 31 });
		expect(await programme('commencer')).toBe('programme_changed');
		expect((await rows()).map((row) => row.terms.expiryNoticeDays)).toEqual([31]);
	});
});
