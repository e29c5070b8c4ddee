// The public page of a supplier's rules: anybody may read what was published, and nobody what was not.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_PROGRAMME } from '#lib/domain/points/default-programme.ts';
import { addDays, civilDateIn } from '#lib/domain/calendar/civil-date.ts';
import { getSupplier } from '#lib/server/store/suppliers.ts';
import { inScope } from '#lib/server/store/tx.ts';
import type { Subject } from '#lib/server/access/sessions.ts';
import { endProgramme, saveProgramme } from '#lib/server/use-cases/points/manage-programme.ts';
import { anOffer, aPayer, aSupplier, type Cast } from '../../builders/parties.ts';
import { publishDraft } from '../../builders/points.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';
import { askEndpoint, findEndpoints, openDoors } from '../../setup/routes.ts';
import { required } from '#lib/domain/required.ts';

let house: TestHouse;
let cast: Cast;
let doors: ReturnType<typeof openDoors>;
beforeAll(async () => {
	house = await openHouse();
	doors = openDoors(house);
	cast = await aSupplier(house.services);
});
afterAll(async () => {
	doors.close();
	await house.close();
});

test('a draft is on no public page, neither by its number nor when there is nothing else; what is in force and what was stay readable', async () => {
	const page = required(
		(await findEndpoints()).find((one) => one.name === 'GET /regles/[slug]'),
		'page'
	);
	const { slug } = await inScope(house.services.db, cast.system, (tx) => getSupplier(tx, cast.system));
	const look = async (query = '') => {
		const asked = { origin: 'http://localhost:1', params: { slug }, headers: {}, ...(query ? { query } : {}) };
		const response = await askEndpoint(page, asked);
		return { status: response.status, text: await response.text() };
	};
	const save = (name: string) =>
		saveProgramme(house.services, cast.owner, { ...DEFAULT_PROGRAMME, intro: { fr: name, en: name } });
	await save('only drafted');
	for (const query of ['', '?version=1']) expect(await look(query), query).toMatchObject({ status: 404 });
	await publishDraft(house.services, cast.owner);
	await anOffer(house.services, cast, {}, { kind: 'tier', tier: 1 });
	expect((await look()).text).toContain('Réservé à ce palier');
	await save('still secret');
	expect(await look('?version=2')).toMatchObject({ status: 404 });
	for (const query of ['', '?version=1']) {
		const { status, text } = await look(query);
		expect([status, text.includes('only drafted'), text.includes('still secret')], query).toEqual([200, true, false]);
	}
	await publishDraft(house.services, cast.owner);
	expect((await look('?version=1')).text).toContain('only drafted');
	expect((await look()).text).toContain('still secret');
});

test('a client who is signed in is told the way back to its points, the supplier to its programme; a visitor and people of another supplier are not', async () => {
	const page = required(
		(await findEndpoints()).find((one) => one.name === 'GET /regles/[slug]'),
		'page'
	);
	const other = await aSupplier(house.services, 'acct_other', 'Brasserie');
	await saveProgramme(house.services, cast.owner, DEFAULT_PROGRAMME);
	await publishDraft(house.services, cast.owner);
	const { slug } = await inScope(house.services.db, cast.system, (tx) => getSupplier(tx, cast.system));
	type Rules = { endedOn: string | null; ending: object | null };
	const read = async (subject: Subject | null) => {
		const headers: Record<string, string> = {};
		if (subject) {
			const { cookie } = await doors.sessions.create(subject, { userAgent: 'test', address: null, provenAt: null });
			headers.cookie = `${cookie.name}=${cookie.value}`;
		}
		const answer = await askEndpoint(page, { origin: 'http://localhost:1', params: { slug }, headers });
		const [data] = (await answer.json()) as [{ back: string | null; rules: Rules }];
		return data;
	};
	const as = async (subject: Subject | null) => (await read(subject)).back;
	const client = async (of: Cast): Promise<Subject> => {
		const { contactId } = await aPayer(house.services, of, `${of.supplierId}@client.example`);
		return { kind: 'contact', supplierId: of.supplierId, subjectId: contactId };
	};
	const member = ({ supplierId, memberId }: Cast): Subject => ({ kind: 'member', supplierId, subjectId: memberId });
	expect(await as(await client(cast))).toBe('points');
	expect(await as(member(cast))).toBe('programme');
	expect([await as(null), await as(await client(other)), await as(member(other))]).toEqual([null, null, null]);
	// Once the programme is over it is told as what was, and there is no page of points to go back to.
	const inDays = (days: number) => addDays(civilDateIn(house.services.clock.now(), 'Europe/Paris'), days);
	const last = { lastEarnOn: inDays(40), lastSpendOn: inDays(180) };
	expect(await endProgramme(house.services, cast.owner, last)).toMatchObject({ ok: true });
	const former = { ...(await client(cast)) };
	expect(await read(former)).toMatchObject({ back: 'points', rules: { endedOn: null, ending: last } });
	await house.advance(181);
	await house.drain();
	expect(await read(former)).toMatchObject({ back: 'portal', rules: { endedOn: expect.any(String), ending: last } });
	expect(await as(member(cast))).toBe('programme');
});
