// Mails about points: each told once, as things stand when it leaves, and to nobody who said no.
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addDays, civilDateIn } from '#lib/domain/calendar/civil-date.ts';
import { DEFAULT_PROGRAMME } from '#lib/domain/points/default-programme.ts';
import { newId } from '#lib/server/identity.ts';
import { insertProgrammeDraft, markProgrammePublished } from '#lib/server/store/points-programme.ts';
import { inScope } from '#lib/server/store/tx.ts';
import {
	choosePointsMails,
	choosePointsMailsByLink,
	readPointsMailsChoice,
	wantsPointsMails
} from '#lib/server/use-cases/points/choose-points-mails.ts';
import {
	queuePointsEnding,
	queuePointsExpiring,
	queueRulesChanged,
	queueTierReached
} from '#lib/server/use-cases/points/queue-points-mails.ts';
import { endProgramme, saveProgramme } from '#lib/server/use-cases/points/manage-programme.ts';
import { readProgramme } from '#lib/server/use-cases/points/read-programme.ts';
import { acceptRules, publishDraft } from '../../builders/points.ts';
import { aColleague, aPayer, aSupplier, type Cast, type Payer } from '../../builders/parties.ts';
import { openHouse, START_DAY, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
let sql: postgres.Sql;
const on = addDays(START_DAY, 40);
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
	sql = postgres(house.databaseUrl, { max: 1, onnotice: () => {} });
	const now = house.services.clock.now();
	await inScope(house.services.db, cast.system, async (tx) => {
		const row = { version: 1, createdBy: 'test', createdAt: now, updatedAt: now };
		await insertProgrammeDraft(tx, cast.system, { ...row, terms: DEFAULT_PROGRAMME });
		await markProgrammePublished(tx, cast.system, 1, now);
	});
});
afterAll(async () => {
	await sql.end();
	await house.close();
});
/** A client of tier 1 that was given `points`, which expire on that day. */
beforeEach(async () => {
	payer = await aPayer(house.services, cast, `p${newId()}@roche.example`);
	const [supplierId, { clientId }] = [cast.supplierId, payer];
	const [entryId, day] = [newId(), civilDateIn(house.services.clock.now(), 'Europe/Paris')];
	await sql.begin(async (tx) => {
		await tx`insert into points_account (supplier_id, client_id, balance, pending, earned_in_year, tier, tier_since, streak, neutrals, created_at)
			values (${supplierId}, ${clientId}, 0, 0, 564, 1, ${day}, 3, 0, now())`;
		await tx`insert into points_entry (supplier_id, entry_id, client_id, kind, points, pending_points, source_id, cause_id, happened_on, expires_on, reason, made_by, created_at)
			values (${supplierId}, ${entryId}, ${clientId}, 'adjusted', 564, 0, ${entryId}, 'test', ${day}, ${on}, 'un geste', 'test', now())`;
		await tx`insert into points_lot (supplier_id, entry_id, client_id, expires_on, "left") values (${supplierId}, ${entryId}, ${clientId}, ${on}, 564)`;
	});
});

const queue = (what: (tx: Parameters<Parameters<typeof inScope>[2]>[0], now: Date) => Promise<void>) =>
	inScope(house.services.db, cast.system, (tx) => what(tx, house.services.clock.now()));
/** What this person received, as text, spaces made plain. */
async function received(): Promise<string[]> {
	await house.drain();
	return house.world.mailbox.mails
		.filter((mail) => mail.to.includes(payer.email))
		.map((mail) => `${mail.subject}\n${mail.text}`.replace(/[\u00a0\u202f]/g, ' '));
}
const linkIn = (text: string): string => /\/messages\/([0-9a-f]+)/.exec(text)?.[1] ?? '';

describe('a tier that was reached', () => {
	test('is told once, with what it brings and how far the next one is', async () => {
		for (let i = 0; i < 2; i++) await queue((tx, now) => queueTierReached(tx, cast.system, now, payer.clientId, 1));
		const mails = await received();
		expect(mails).toHaveLength(1);
		expect(mails[0]).toContain('Vous êtes au palier Argent chez Atelier Lumen');
		expect(mails[0]).toContain('Vos demandes traitées en premier');
		expect(mails[0]).toContain('Encore 936 points pour le palier Or.');
	});
	test('is not told when it was lost before the mail left', async () => {
		await queue((tx, now) => queueTierReached(tx, cast.system, now, payer.clientId, 1));
		await sql`update points_account set earned_in_year = 0 where client_id = ${payer.clientId}`;
		expect(await received()).toEqual([]);
	});
});

describe('points that expire', () => {
	const tell = () => queue((tx, now) => queuePointsExpiring(tx, cast.system, now, payer.clientId, { points: 564, on }));
	test('are told once, with their number and their day, and a way to say no that mail programs know', async () => {
		await tell();
		await tell();
		const mails = await received();
		expect(mails).toHaveLength(1);
		expect(mails[0]).toContain('564 points expirent le');
		const raw = house.world.mailbox.mails.findLast((mail) => mail.to.includes(payer.email));
		expect(raw?.headers['list-unsubscribe-post']).toBe('List-Unsubscribe=One-Click');
		expect(raw?.headers['list-unsubscribe']).toContain(`/webhooks/messages/${linkIn(mails[0] ?? '')}`);
	});
	test('are not told once they were used', async () => {
		await tell();
		await sql.begin(async (tx) => {
			await tx`insert into points_entry (supplier_id, entry_id, client_id, kind, points, pending_points, source_id, cause_id, happened_on, reason, made_by, created_at)
				select supplier_id, ${newId()}, client_id, 'adjusted', -564, 0, ${newId()}, 'used', current_date, 'utilisés', 'test', now() from points_account where client_id = ${payer.clientId}`;
			await tx`update points_lot set "left" = 0 where client_id = ${payer.clientId}`;
		});
		expect(await received()).toEqual([]);
	});
	test('are not told to who said no with the link of a mail; the end of the programme is', async () => {
		await tell();
		const token = linkIn((await received())[0] ?? '');
		expect(await readPointsMailsChoice(house.services, token)).toMatchObject({ email: payer.email, wanted: true });
		expect(await choosePointsMailsByLink(house.services, token, false)).toBe(true);
		await queue((tx, now) => queueTierReached(tx, cast.system, now, payer.clientId, 1));
		expect(await received()).toHaveLength(1);
		const end = { lastEarnOn: on, lastSpendOn: addDays(on, 30) };
		await sql`update points_programme set end_announced_at = now(), last_earn_on = ${end.lastEarnOn}, last_spend_on = ${end.lastSpendOn} where version = 1`;
		for (let i = 0; i < 2; i++) await queue((tx, now) => queuePointsEnding(tx, cast.system, now, end));
		const mails = await received();
		expect(mails).toHaveLength(2);
		expect(mails[1]).toContain('Fin du programme de points chez Atelier Lumen');
		expect(mails[1]).not.toContain('/messages/');
	});
	test('are told again to who says so signed in', async () => {
		await choosePointsMails(house.services, payer.scope, false);
		expect(await wantsPointsMails(house.services, payer.scope)).toBe(false);
		await tell();
		expect(await received()).toEqual([]);
		await choosePointsMails(house.services, payer.scope, true);
		expect(await wantsPointsMails(house.services, payer.scope)).toBe(true);
		await tell();
		expect(await received()).toHaveLength(1);
	});
	test('a link that we did not make, or that was changed, says nothing and changes nothing', async () => {
		await tell();
		const token = linkIn((await received())[0] ?? '');
		const other = `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`;
		for (const forged of [other, 'x', `${'0'.repeat(84)}`]) {
			expect(await readPointsMailsChoice(house.services, forged)).toBeNull();
			expect(await choosePointsMailsByLink(house.services, forged, false)).toBe(false);
		}
		expect(await readPointsMailsChoice(house.services, token)).toMatchObject({ wanted: true });
	});
});

describe('rules that change', () => {
	const publish = async (sepa: number) => {
		const { earning } = DEFAULT_PROGRAMME;
		await saveProgramme(house.services, cast.owner, { ...DEFAULT_PROGRAMME, earning: { ...earning, sepa } });
		expect(await publishDraft(house.services, cast.owner)).toMatchObject({ ok: true });
	};
	test('are told to everybody of a client that accepted them, who said no to other mails too: what changes, from when, where; once for each version', async () => {
		// The tests before announced an end.
		await sql`delete from mail`;
		await sql`alter table points_programme disable trigger published_programme_stays`;
		await sql`update points_programme set end_announced_at = null, last_earn_on = null, last_spend_on = null`;
		await sql`alter table points_programme enable trigger published_programme_stays`;
		await acceptRules(house.services, cast, payer);
		await choosePointsMails(house.services, payer.scope, false);
		const colleague = await aColleague(house.services, cast, payer);
		const other = await aPayer(house.services, cast, `p${newId()}@roche.example`);
		await publish(7);
		const mails = await received();
		expect(mails).toHaveLength(1);
		expect(mails[0]).toContain('Les règles des points changent chez Atelier Lumen');
		expect(mails[0]).toContain('rapporte 7 points de plus');
		expect(mails[0]).toContain('rapporte 5 points de plus');
		expect(mails[0]).toContain('?version=2');
		expect(mails[0]).not.toContain('/messages/');
		const to = house.world.mailbox.mails.flatMap((mail) => (/règles des points/.test(mail.subject) ? mail.to : []));
		expect(to).toEqual(expect.arrayContaining([payer.email, colleague.email]));
		expect(to).not.toContain(other.email);
		await queue((tx, now) => queueRulesChanged(tx, cast.system, now, { version: 2 }));
		expect(await received()).toHaveLength(1);
		// Nothing that a client reads is another.
		await publish(7);
		expect(await received()).toHaveLength(1);
		await publish(5);
		expect(await received()).toHaveLength(2);
	});
	test('the end is told when it is announced, once, to who has points and to who accepted the rules', async () => {
		await acceptRules(house.services, cast, payer);
		const bare = await aPayer(house.services, cast, `p${newId()}@roche.example`);
		await acceptRules(house.services, cast, bare);
		const { earnOn, spendOn } = (await readProgramme(house.services, cast.owner, 'fr')).earliest;
		const end = { lastEarnOn: earnOn, lastSpendOn: spendOn };
		expect(await endProgramme(house.services, cast.owner, end)).toMatchObject({ ok: true });
		expect(await endProgramme(house.services, cast.owner, end)).toMatchObject({ ok: false });
		const ends = (await received()).filter((text) => text.includes('Fin du programme de points'));
		expect(ends).toHaveLength(1);
		const to = house.world.mailbox.mails.flatMap((mail) => (/Fin du programme/.test(mail.subject) ? mail.to : []));
		expect(to.filter((address) => address === bare.email)).toHaveLength(1);
		await queue((tx, now) => queuePointsEnding(tx, cast.system, now, end));
		expect((await received()).filter((text) => text.includes('Fin du programme de points'))).toHaveLength(1);
	});
});
