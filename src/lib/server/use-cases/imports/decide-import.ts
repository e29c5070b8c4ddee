// A person's word on an import: what a list means, which client a buyer is, what is replaced; then keep it, drop it, or take it back.
// Actor: owner or accountant (an API key may confirm and take back what it opened itself). Refusals: not_allowed,
// proof_needed, review_by_person, not_found, import_not_yours, import_busy, import_not_ready, import_paid.
import { actorName, may, type Permission, type Scope } from '../../../domain/access/scope.ts';
import { KnownClients } from '../../../domain/invoices/buyer.ts';
import type { ClientKind } from '../../../domain/invoices/client-kind.ts';
import type { Party } from '../../../domain/invoices/document.ts';
import { IMPORT_STATES, IMPORTS_AT_WORK, type ImportState } from '../../../domain/invoices/import-states.ts';
import { contactNew } from '../../../domain/invoices/findings.ts';
import { required } from '../../../domain/required.ts';
import { statesBefore } from '../../../domain/states.ts';
import type { Services } from '../../services.ts';
import { newId } from '../../identity.ts';
import type { Tx } from '../../store/database.ts';
import { chooseKind } from '../../store/import-buyers.ts';
import { saveMapping } from '../../store/import-mappings.ts';
import {
	chooseClient,
	chooseReplacement,
	countAnswered,
	countOutcomes,
	findBuyer,
	listImported,
	noteContact
} from '../../store/import-lines.ts';
import { dropContents, lockImport, saveImport, unreadLists, type ImportJob } from '../../store/imports.ts';
import { recordFact } from '../../store/outbox.ts';
import { findClient, findClientsLike } from '../../store/clients.ts';
import { listContacts } from '../../store/contacts.ts';
import { type ContactRights } from '../../store/contacts.ts';
import { recordAudit } from '../../store/audits.ts';
import type { ListAnswers } from '../../store/schema/index.ts';
import { requireFreshProof } from '../access/fresh-proof.ts';
import { requireProofForMany } from '../access/proof-for-many.ts';
import { letIn } from '../clients/contacts.ts';
import { changeKind } from '../clients/set-kind.ts';
import { queueOwnerNotice } from '../mails/queue-owner-notices.ts';
import { withdrawInvoices } from '../invoices/withdraw-invoices.ts';
import { commit, done, refuse, type Result } from '../run.ts';

type Decision = { tx: Tx; job: ImportJob; now: Date };
/** Under the import's lock, in one of these states. */
async function decide(
	services: Services,
	scope: Scope,
	importId: string,
	states: readonly ImportState[],
	work: (decision: Decision) => Promise<Result<null>>,
	permission: Permission = 'accept_review'
): Promise<Result<null>> {
	if (!may(scope.actor, permission)) return refuse('not_allowed');
	return commit(services, scope, async (tx) => {
		const job = await lockImport(tx, scope, importId);
		if (!job) return refuse('not_found');
		// What a person opened, or another key, is none of a key's business.
		if (scope.actor.kind === 'api_key' && job.openedBy !== actorName(scope.actor)) return refuse('import_not_yours');
		if (!states.includes(job.state))
			return refuse(IMPORTS_AT_WORK.includes(job.state) ? 'import_busy' : 'import_not_ready');
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
		if (!Object.keys(answers).length) return refuse('input_invalid', { field: 'liste' });
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
		const of = { importId, buyerKey: choice.buyerKey };
		if (!(await chooseClient(tx, scope, of, chosen))) return refuse('not_found');
		// Whose invoice it is says nothing of who is let in.
		const { email } = required(await findBuyer(tx, scope, of), 'buyer').buyer;
		const contacts = client ? await listContacts(tx, scope, client.clientId) : [];
		const isNew = client !== null && email !== null && !contacts.some((one) => one.email === email);
		await noteContact(tx, scope, of, isNew ? contactNew(email) : null);
		return done(null);
	});

/** What a buyer is: of a known client at once, of a new one when it is made. */
export const chooseKindOf = (
	services: Services,
	scope: Scope,
	importId: string,
	choice: { buyerKey: string; kind: ClientKind }
) =>
	decide(
		services,
		scope,
		importId,
		['ready', 'done'],
		async ({ tx, now }) => {
			const found = await findBuyer(tx, scope, { importId, buyerKey: choice.buyerKey });
			if (!found) return refuse('not_found');
			const client = await clientOf(tx, scope, found);
			if (client) return changeKind(tx, scope, now, { clientId: client.clientId, kind: choice.kind });
			await chooseKind(
				tx,
				scope,
				{ importId, buyerKey: choice.buyerKey },
				choice.kind === 'unknown' ? null : choice.kind
			);
			await recordAudit(tx, scope, now, 'import_kind_chosen', importId, { buyer: found.buyer.name, kind: choice.kind });
			return done(null);
		},
		'set_offers'
	);

/** The address that a file names becomes a contact of the client that its invoices are for. */
export async function acceptAddress(
	services: Services,
	scope: Scope,
	importId: string,
	{ buyerKey, rights }: { buyerKey: string; rights: ContactRights }
): Promise<Result<null>> {
	if (!may(scope.actor, 'manage_contacts')) return refuse('not_allowed');
	const unproven = requireFreshProof(services, scope);
	if (unproven) return unproven;
	const accept = async ({ tx, now }: Decision): Promise<Result<null>> => {
		const found = await findBuyer(tx, scope, { importId, buyerKey });
		const client = found && (await clientOf(tx, scope, found));
		if (!found?.buyer.email || !client) return refuse('not_found');
		const { email, name } = found.buyer;
		const added = await letIn(tx, scope, now, client, { email, name, rights });
		if (!added.ok && added.refusal.code !== 'contact_known') return added;
		await noteContact(tx, scope, { importId, buyerKey }, null);
		return done(null);
	};
	return decide(services, scope, importId, ['ready', 'done'], accept, 'manage_contacts');
}
async function clientOf(
	tx: Tx,
	scope: Scope,
	{ buyer, chosenClientId }: { buyer: Party; chosenClientId: string | null }
): Promise<{ clientId: string; name: string } | null> {
	if (chosenClientId) return findClient(tx, scope, chosenClientId);
	return new KnownClients(await findClientsLike(tx, scope, [buyer])).match(buyer)?.client ?? null;
}

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
): Promise<Result<null>> => {
	if (word.acceptsReview && !may(scope.actor, 'accept_review')) return Promise.resolve(refuse('review_by_person'));
	const keep = async ({ tx, job, now }: Decision): Promise<Result<null>> => {
		if (job.state === 'keeping') return done(null);
		const { lines, accounts } = await countAnswered(tx, scope, importId, word.acceptsReview);
		// A person said which known invoices are replaced; that what replaces them was looked at is a person's word too.
		if (lines && !may(scope.actor, 'accept_review')) return refuse('review_by_person');
		// Clients would see, from a portal that they trust, an account that is not the supplier's.
		const unproven =
			(word.sendsMails ? await unprovenForMany(services, scope, tx, importId) : null) ??
			(accounts ? requireFreshProof(services, scope) : null);
		if (unproven) return unproven;
		const by = actorName(scope.actor);
		const start = { keptFile: 0, keptLine: -1 };
		await saveImport(tx, scope, importId, { state: 'keeping', confirmedBy: by, confirmedAt: now, ...start, ...word });
		await recordAudit(tx, scope, now, 'import_confirmed', importId, {
			mails: String(word.sendsMails),
			review: String(word.acceptsReview)
		});
		if (accounts) {
			const detail = { count: String(accounts) };
			await queueOwnerNotice(tx, scope, now, await recordAudit(tx, scope, now, 'payees_accepted', importId, detail));
		}
		return done(null);
	};
	return decide(services, scope, importId, ['ready', 'keeping', 'done'], keep, 'import_invoices');
};

async function unprovenForMany(services: Services, scope: Scope, tx: Tx, importId: string) {
	const counts = (await countOutcomes(tx, scope, [importId])).get(importId);
	return counts ? requireProofForMany(services, scope, tx, counts.new + counts.review + counts.conflict) : null;
}

export const dropImport = (services: Services, scope: Scope, importId: string) =>
	decide(services, scope, importId, statesBefore(IMPORT_STATES, 'dropped'), async ({ tx, now }) => {
		await saveImport(tx, scope, importId, { state: 'dropped', finishedAt: now });
		// What was abandoned takes no room.
		await dropContents(tx, scope, importId);
		return done(null);
	});

/** Every invoice of it is withdrawn, or none: once money has touched one, the import stands. */
export const undoImport = (services: Services, scope: Scope, importId: string): Promise<Result<null>> => {
	const undo = async ({ tx, job, now }: Decision): Promise<Result<null>> => {
		if (job.state === 'undone') return done(null);
		const touched = await withdrawInvoices(tx, scope, await listImported(tx, scope, importId), now);
		if (touched.length) return refuse('import_paid', { numbers: touched.slice(0, 5).join(', ') });
		await saveImport(tx, scope, importId, { state: 'undone', undoneBy: actorName(scope.actor), undoneAt: now });
		await recordAudit(tx, scope, now, 'import_undone', importId);
		return done(null);
	};
	return decide(services, scope, importId, ['done', 'undone'], undo, 'undo_imports');
};
