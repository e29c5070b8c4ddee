// The supplier's screen of its points programme: what is typed, what is in force, what it would have given. Reads only.
import type { Ending, ProgrammeEditor, TrialView } from '../../../contract/points-views.ts';
import { programmeFormOf } from '../../../contract/programme-form-of.ts';
import { may, type Scope } from '../../../domain/access/scope.ts';
import type { Locale } from '../../../domain/money/format.ts';
import { civilDateIn } from '../../../domain/calendar/civil-date.ts';
import { earliestEarnOn, earliestSpendOn } from '../../../domain/points/ending.ts';
import { NO_INVOICES, yearOver, type PunctualitySide } from '../../../domain/points/figures.ts';
import type { ProgrammeTerms } from '../../../domain/points/programme.ts';
import { required } from '../../../domain/required.ts';
import type { Services } from '../../services.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { type Supplier } from '../../store/suppliers.ts';
import { countPunctual, countPunctualOf, type DueIn } from '../../store/points-punctuality.ts';
import { listProgrammes, type ProgrammeRow } from '../../store/points-programme.ts';
import { countCodes } from '../../store/voucher-codes.ts';
import { read } from '../run.ts';
import { tiersOffered } from './manage-programme.ts';
import { tryOnPast } from './try-programme.ts';

export async function readProgramme(services: Services, scope: Scope, locale: Locale): Promise<ProgrammeEditor> {
	return read(services, scope, async (tx) => {
		const supplier = await getSupplier(tx, scope);
		const rows = scope.clientId ? [] : await listProgrammes(tx, scope); // the supplier's own business
		const counts = await countCodes(tx, scope);
		const draft = rows.find((row) => row.publishedAt === null) ?? null;
		const live = rows.find((row) => row.publishedAt !== null && row.endedAt === null) ?? null;
		const shown = draft ?? live ?? rows[0] ?? null;
		const today = civilDateIn(services.clock.now(), supplier.timeZone);
		const earnOn = earliestEarnOn(today);
		return {
			form: shown && programmeFormOf(shown.terms, locale),
			liveForm: live && programmeFormOf(live.terms, locale),
			liveVersion: live?.version ?? null,
			publishedAt: live?.publishedAt ?? null,
			draftVersion: draft?.version ?? null,
			draftBegunAt: draft?.createdAt.getTime() ?? null,
			ending: live && endingOf(live, supplier.timeZone),
			versions: rows.map(({ version, publishedAt, endedAt }) => ({ version, publishedAt, endedAt })),
			freeCodes: Object.fromEntries([...counts].map(([rewardId, { free }]) => [rewardId, free])),
			...(await tiersOffered(tx, scope, rows)),
			today,
			slug: supplier.slug,
			timeZone: supplier.timeZone,
			earliest: { earnOn, spendOn: earliestSpendOn(earnOn, live?.terms ?? { sepaVestingDays: 0 }) },
			mayWrite: may(scope.actor, 'set_offers')
		};
	});
}

function endingOf({ endAnnouncedAt, lastEarnOn, lastSpendOn }: ProgrammeRow, timeZone: string): Ending | null {
	if (!endAnnouncedAt) return null;
	return {
		announcedOn: civilDateIn(endAnnouncedAt, timeZone),
		lastEarnOn: required(lastEarnOn, 'last day to earn'),
		lastSpendOn: required(lastSpendOn, 'last day to spend')
	};
}
/** What the rules, saved or not, would have given on the payments of the last twelve months, and who of these clients paid on time. */
export const readTrial = (services: Services, scope: Scope, terms: ProgrammeTerms): Promise<TrialView> =>
	read(services, scope, async (tx) => {
		const supplier = await getSupplier(tx, scope);
		const { trial, unknown } = await tryOnPast(tx, scope, { terms, supplier, now: services.clock.now() });
		const onTime = await countPunctualOf(
			tx,
			scope,
			lastYear(services, supplier),
			trial.clients.map(({ clientId }) => clientId)
		);
		const clients = trial.clients.map((one) => ({ ...one, onTime: onTime.get(one.clientId) ?? NO_INVOICES }));
		return { ...trial, clients, unknown };
	});
/** Invoices on time over the last twelve months, counted as the figures count them: whatever the rules are. */
export const readLastYear = (services: Services, scope: Scope): Promise<PunctualitySide> =>
	read(services, scope, async (tx) => countPunctual(tx, scope, lastYear(services, await getSupplier(tx, scope))));
function lastYear({ clock }: Services, { timeZone }: Supplier): DueIn {
	const today = civilDateIn(clock.now(), timeZone);
	return { ...yearOver(today), today, timeZone };
}
