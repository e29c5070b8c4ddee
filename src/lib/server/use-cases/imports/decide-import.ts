// A person's word on an import: what a list means, which client a buyer is, what is replaced; then keep it, drop it, or take it back.
// Actor: owner or accountant (an API key may confirm and take back). Refusals: not_allowed, not_found, import_busy, import_not_ready, import_paid.
import { actorName, may, type Scope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import { newId } from '../../identity.ts';
import type { Tx } from '../../store/database.ts';
import { saveMapping } from '../../store/import-mappings.ts';
import { chooseClient, chooseReplacement, listImported } from '../../store/import-lines.ts';
import { lockImport, saveImport, unreadLists, type ImportJob } from '../../store/imports.ts';
import { recordFact } from '../../store/outbox.ts';
import { findClient } from '../../store/parties.ts';
import { recordAudit } from '../../store/records.ts';
import type { ImportState, ListAnswers } from '../../store/schema/index.ts';
import { withdrawInvoices } from '../invoices/withdraw-invoices.ts';
import { commit, done, refuse, type Result } from '../run.ts';

type Decision = { tx: Tx; job: ImportJob; now: Date };
/** Under the import's lock, in one of these states. */
async function decide(
	services: Services,
	scope: Scope,
	importId: string,
	states: ImportState[],
	work: (decision: Decision) => Promise<Result<null>>
): Promise<Result<null>> {
	if (!may(scope.actor, 'import_invoices')) return refuse('not_allowed');
	return commit(services, scope, async (tx) => {
		const job = await lockImport(tx, scope, importId);
		if (!job) return refuse('not_found');
		if (!states.includes(job.state))
			return refuse(job.state === 'reading' || job.state === 'keeping' ? 'import_busy' : 'import_not_ready');
		const now = services.clock.now();
		const result = await work({ tx, job, now });
		if (result.ok)
			await recordFact(tx, scope, now, { kind: 'import.changed', clientId: null, invoiceId: null, attemptId: null });
		return result;
	});
}

/** Which column is what, how dates are written: remembered under a name for the next list of the same source, and these are read again. */
export const answerLists = (services: Services, scope: Scope, importId: string, answers: ListAnswers) =>
	decide(services, scope, importId, ['ready'], async ({ tx, job, now }) => {
		for (const [headerKey, { name, columns, dateOrder }] of Object.entries(answers))
			await saveMapping(tx, scope, {
				mappingId: newId(),
				headerKey,
				name: name || 'CSV',
				columns,
				dateOrder,
				savedAt: now
			});
		await unreadLists(tx, scope, importId, Object.keys(answers));
		await saveImport(tx, scope, importId, { state: 'reading', answers: { ...job.answers, ...answers } });
		return done(null);
	});

/** `clientId` null: a new client, made when the invoices are kept. */
export const chooseClientOf = (
	services: Services,
	scope: Scope,
	importId: string,
	choice: { buyerKey: string; clientId: string | null }
) =>
	decide(services, scope, importId, ['ready'], async ({ tx }) => {
		const client = choice.clientId ? await findClient(tx, scope, choice.clientId) : null;
		if (choice.clientId && !client) return refuse('not_found');
		const chosen = { clientId: client?.clientId ?? newId(), name: client?.name ?? null };
		return (await chooseClient(tx, scope, { importId, ...choice }, chosen)) ? done(null) : refuse('not_found');
	});

/** The invoice known under this number is withdrawn when this one is kept, if nothing is paid of it then. */
export const replaceKnown = (
	services: Services,
	scope: Scope,
	importId: string,
	line: { filePosition: number; position: number; replaces: boolean }
) =>
	decide(services, scope, importId, ['ready'], async ({ tx }) =>
		(await chooseReplacement(tx, scope, { importId, ...line }, line.replaces)) ? done(null) : refuse('not_found')
	);

/** One confirmation. Twice is harmless; after the end it keeps what was left to be looked at. */
export const confirmImport = (
	services: Services,
	scope: Scope,
	importId: string,
	word: { sendsMails: boolean; acceptsReview: boolean }
) =>
	decide(services, scope, importId, ['ready', 'keeping', 'done'], async ({ tx, job, now }) => {
		if (job.state === 'keeping') return done(null);
		const by = actorName(scope.actor);
		const start = { keptFile: 0, keptLine: -1 };
		await saveImport(tx, scope, importId, { state: 'keeping', confirmedBy: by, confirmedAt: now, ...start, ...word });
		await recordAudit(tx, scope, now, 'import_confirmed', importId, {
			mails: String(word.sendsMails),
			review: String(word.acceptsReview)
		});
		return done(null);
	});

export const dropImport = (services: Services, scope: Scope, importId: string) =>
	decide(services, scope, importId, ['receiving', 'reading', 'ready'], async ({ tx, now }) => {
		await saveImport(tx, scope, importId, { state: 'dropped', finishedAt: now });
		return done(null);
	});

/** Every invoice of it is withdrawn, or none: once money has touched one, the import stands. */
export const undoImport = (services: Services, scope: Scope, importId: string) =>
	decide(services, scope, importId, ['done', 'undone'], async ({ tx, job, now }) => {
		if (job.state === 'undone') return done(null);
		const touched = await withdrawInvoices(tx, scope, await listImported(tx, scope, importId), now);
		if (touched.length) return refuse('import_paid', { numbers: touched.slice(0, 5).join(', ') });
		await saveImport(tx, scope, importId, { state: 'undone', undoneBy: actorName(scope.actor), undoneAt: now });
		await recordAudit(tx, scope, now, 'import_undone', importId);
		return done(null);
	});
