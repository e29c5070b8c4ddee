// The form of an offer without a script: whatever is asked of the server on the way, nothing that was typed is lost, and nothing meant for one becomes everybody's.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { audienceFrom, NEW_OFFER, readForm } from '#lib/contract/offer-form.ts';
import { DEFAULT_PROGRAMME } from '#lib/domain/points/default-programme.ts';
import { required } from '#lib/domain/required.ts';
import { newId, newSecret } from '#lib/server/identity.ts';
import { client } from '#lib/server/store/schema/index.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { saveDraft } from '#lib/server/use-cases/offers/manage-policies.ts';
import { readOfferEditor, readOffers } from '#lib/server/use-cases/offers/read-offers.ts';
import { saveProgramme } from '#lib/server/use-cases/points/manage-programme.ts';
import { aPayer, aSupplier, type Cast, type Payer } from '../../builders/parties.ts';
import { publishDraft } from '../../builders/points.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';
import { askEndpoint, findEndpoints, openDoors, type Endpoint } from '../../setup/routes.ts';

let house: TestHouse;
let doors: ReturnType<typeof openDoors>;
let endpoints: Endpoint[];
let cast: Cast;
let chosen: Payer;
let cookie: string;
beforeAll(async () => {
	house = await openHouse();
	doors = openDoors(house);
	endpoints = await findEndpoints();
	cast = await aSupplier(house.services);
	chosen = await aPayer(house.services, cast, 'zoe@zenith.example', 'Zénith');
	const createdAt = house.services.clock.now();
	await inScope(house.services.db, cast.system, (tx) =>
		tx.insert(client).values(
			Array.from({ length: 250 }, (_, i) => ({
				supplierId: cast.supplierId,
				clientId: newId(),
				kind: 'business' as const,
				kindFrom: 'person' as const,
				name: `Client ${String(i).padStart(3, '0')}`,
				siren: null,
				vatNumber: null,
				locale: 'fr' as const,
				createdAt
			}))
		)
	);
	const owner = { kind: 'member' as const, supplierId: cast.supplierId, subjectId: cast.memberId };
	const beginning = { userAgent: 'test', address: null, provenAt: createdAt };
	const { cookie: made } = await doors.sessions.create(owner, beginning);
	cookie = `${made.name}=${made.value}; ponctuel_browser=${newSecret()}`;
});
afterAll(async () => {
	doors.close();
	await house.close();
});

const typed = (over: Record<string, string> = {}) => ({
	nom: 'Pour Zénith',
	pour: `client:${chosen.clientId}`,
	moyens: 'card',
	escompte: '1',
	'palier.0.taux': '2,5',
	'palier.0.jours': '12',
	plafond: '80',
	tva: 'net_of_tax',
	...over
});
type Shown = {
	form?: { name: string; audience: string; tiers: { rate: string; days: string }[]; cap: string; vatMode: string };
	clients?: { choices: { name: string }[]; leftOut: number; search: string };
	problems?: { field: string; code: string }[];
	error?: { code: string };
};
async function send(
	action: string,
	fields: Record<string, string>,
	id = 'nouvelle'
): Promise<{ status: number; location: string | null; shown: Shown }> {
	const endpoint = endpoints.find((one) => one.name === `POST /admin/offres/[id]?/${action}`)!;
	const answer = await askEndpoint(endpoint, {
		origin: 'http://localhost:1',
		params: { id },
		headers: { cookie, origin: 'http://localhost:1', 'content-type': 'application/x-www-form-urlencoded' },
		body: String(new URLSearchParams(fields))
	});
	const text = await answer.text();
	return {
		status: answer.status,
		location: answer.headers.get('location'),
		shown: (text ? JSON.parse(text) : {}) as Shown
	};
}
const AS_TYPED = () => ({
	name: 'Pour Zénith',
	audience: `client:${chosen.clientId}`,
	tiers: [expect.objectContaining({ rate: '2,5', days: '12' })],
	cap: '80',
	vatMode: 'net_of_tax'
});
const names = ({ clients }: Shown) => clients?.choices.map((one) => one.name);
const offers = async () => readOffers(house.services, cast.owner);

test('a client is looked for by name: every field comes back as typed, the chosen client stays a choice, and nothing is kept', async () => {
	const before = JSON.stringify(await offers(), (_, value: unknown) => String(value));
	const { status, shown } = await send('chercher', typed({ client: 'Client 24' }));
	expect(status).toBe(200);
	expect(shown.form).toMatchObject(AS_TYPED());
	expect(shown.clients).toMatchObject({ search: 'Client 24', leftOut: 0 });
	expect(names(shown)).toEqual([...Array.from({ length: 10 }, (_, i) => `Client 24${i}`), 'Zénith']);
	expect(JSON.stringify(await offers(), (_, value: unknown) => String(value))).toBe(before);
});
test('who presses Enter in the search without a script has saved a draft, and is shown the clients that were looked for', async () => {
	const made = await send('enregistrer', typed({ client: 'Client 24' }));
	const id = /offres\/([\w-]{36})\?client=Client\+24$/.exec(made.location ?? '')?.[1];
	const { shown } = await send('enregistrer', typed({ client: 'Client 23' }), required(id, 'offer'));
	expect(shown.clients).toMatchObject({ search: 'Client 23' });
	expect(names(shown)).toContain('Client 231');
});
test('a mistake brings everything back with it, and the client that was chosen, far down the list as it is', async () => {
	const { status, shown } = await send('enregistrer', typed({ 'palier.0.jours': 'douze' }));
	expect(status).toBe(400);
	expect(shown.form).toMatchObject({ ...AS_TYPED(), tiers: [expect.objectContaining({ days: 'douze' })] });
	expect(names(shown)).toContain('Zénith');
});
test('a refusal of the server brings everything back too', async () => {
	const { status, shown } = await send('enregistrer', typed({ nom: ' ' }));
	expect([status >= 400, shown.error?.code]).toEqual([true, expect.any(String)]);
	expect(shown.form).toMatchObject({ cap: '80', audience: `client:${chosen.clientId}` });
	expect(names(shown)).toContain('Zénith');
});
test('an offer that says no audience, or one that nobody knows, is asked who it is for, and is never everybody’s', async () => {
	const { pour: _, ...without } = typed();
	for (const fields of [without, typed({ pour: '' }), typed({ pour: 'client:x' }), typed({ pour: 'group:' })]) {
		const { status, shown } = await send('enregistrer', fields);
		expect([status, shown.problems]).toEqual([400, [{ field: 'audience', code: 'not_chosen' }]]);
	}
	expect((await send('enregistrer', typed({ pour: 'all' }))).status).toBe(303);
});
test('an offer for clients from a tier is kept as that, named as the tier, and is still the same once the programme has no such tier', async () => {
	const saved = await saveProgramme(house.services, cast.owner, DEFAULT_PROGRAMME);
	const published = await publishDraft(house.services, cast.owner);
	expect([saved.ok, published.ok]).toEqual([true, true]);
	const draft = await saveDraft(house.services, cast.owner, {
		policyId: null,
		name: 'Pour l’or',
		audience: required(audienceFrom('tier:2'), 'audience'),
		terms: readForm({ ...NEW_OFFER, name: 'Pour l’or' }).terms
	});
	if (!draft.ok) throw new Error(draft.refusal.code);
	const editor = async () => {
		const read = await readOfferEditor(house.services, cast.owner, draft.value.policyId, { locale: 'en' });
		return read.ok ? { audience: read.value.form.audience, tiers: read.value.tiers } : null;
	};
	expect(await editor()).toEqual({
		audience: 'tier:2',
		tiers: [
			{ tier: 1, name: { fr: 'Argent', en: 'Silver' } },
			{ tier: 2, name: { fr: 'Or', en: 'Gold' } }
		]
	});
	expect((await offers()).tierNames.map((name) => name.fr)).toEqual(['Bronze', 'Argent', 'Or']);
	await saveProgramme(house.services, cast.owner, { ...DEFAULT_PROGRAMME, tiers: DEFAULT_PROGRAMME.tiers.slice(0, 2) });
	await publishDraft(house.services, cast.owner);
	expect(await editor()).toEqual({
		audience: 'tier:2',
		tiers: [
			{ tier: 1, name: { fr: 'Argent', en: 'Silver' } },
			{ tier: 2, name: null }
		]
	});
	for (const wrong of ['tier:0', 'tier:', 'tier:-1', 'tier:1.5', 'tier:x']) expect(audienceFrom(wrong)).toBeNull();
});
