// Keeps prepared invoices: their clients, their claims in the journal, their mails. Inside the caller's transaction, all or none; the caller tells the clients (tellOpened).
import { actorName, type Scope } from '../../../domain/access/scope.ts';
import { KnownClients, type KnownClient } from '../../../domain/invoices/buyer.ts';
import type { ChosenKind } from '../../../domain/invoices/client-kind.ts';
import { placeBuyers, type Buying, type Place } from '../../../domain/invoices/place-buyers.ts';
import { isShownToClient, type InvoiceDocument } from '../../../domain/invoices/document.ts';
import { block, contactNew } from '../../../domain/invoices/findings.ts';
import { rfReference } from '../../../domain/invoices/identifiers.ts';
import { invoiceOpened } from '../../../domain/ledger/entries.ts';
import { required } from '../../../domain/required.ts';
import { newId } from '../../identity.ts';
import { listNumbered, listUsesOfCredits } from '../../store/credit-uses.ts';
import type { Tx } from '../../store/database.ts';
import { learnKinds } from '../../store/client-kinds.ts';
import { findInvoicesNamed, insertInvoices, nameKey } from '../../store/invoices.ts';
import { lockInvoices } from '../../store/lock-invoices.ts';
import { bookEntries } from '../../store/journal.ts';
import { recordFacts } from '../../store/outbox.ts';
import { findClient, findClientsLike, insertClients, lockClientCreation } from '../../store/clients.ts';
import { recordAudit } from '../../store/audits.ts';
import { queueOpenedMails } from '../mails/queue-mails.ts';
import { setOffSaved } from '../invoices/set-off-credits.ts';
import { withdrawInvoices } from '../invoices/withdraw-invoices.ts';
import { isTwin, nameOf } from './check-documents.ts';
import type { ImportLine } from '../../../contract/import-views.ts';
import { tellContactsByKey } from './tell-contacts.ts';

export type Keepable = {
	line: ImportLine;
	document: InvoiceDocument;
	documentId: string;
	mediaType: string;
	/** What the invoice will be. */
	invoiceId: string;
	/** Whose it is, where that is settled already. */
	clientId?: string | undefined;
	/** A person's word: this client, or a new one with this id; and what a new one is. */
	chosenClientId?: string | null;
	chosenKind?: ChosenKind | null;
	/** A person's word: the invoice known under this number is withdrawn. */
	replaces?: boolean;
};
type Kept = { item: Keepable; invoiceId: string; clientId: string };

/** What the books can't hold, whatever it is. */
export const notSaved = (line: ImportLine): ImportLine => ({
	...line,
	outcome: 'refused',
	findings: [...line.findings, block('NOT_KEPT', line.number.slice(0, 40), '', 'des valeurs qu’une facture peut avoir')]
});

/** One line for each, as it ended (somebody may have imported the same number a moment ago), and the clients of what was kept. */
export async function saveInvoices(
	tx: Tx,
	scope: Scope,
	items: Keepable[],
	{ now, sendMails, isReviewed = false }: { now: Date; sendMails: boolean; isReviewed?: boolean }
): Promise<{ lines: ImportLine[]; clientIds: string[] }> {
	await makeRoom(tx, scope, items, now);
	const open = items.filter((item) => !item.clientId);
	const word = { now, by: actorName(scope.actor) };
	const places = open.length ? await makeClients(tx, scope, open.map(buyingOf), word) : [];
	const placeOf = new Map(open.map((item, i) => [item, required(places[i], 'place')]));
	const placeFor = (item: Keepable) => required(placeOf.get(item), 'place');
	const held = new Set(isReviewed ? [] : open.filter((item) => isHeld(item.line, placeFor(item))));
	const all: Kept[] = items
		.filter((item) => !held.has(item))
		.map((item) => ({
			item,
			invoiceId: item.invoiceId,
			clientId: item.clientId ?? placeFor(item).clientId
		}));
	const ids = await insertInvoices(
		tx,
		scope,
		all.map((one) => ({ invoice: rowOf(one, now), vatLines: one.item.document.vatLines }))
	);
	const kept = all.filter(({ invoiceId }) => ids.has(invoiceId));
	await bookEntries(
		tx,
		scope,
		kept
			.filter(({ item }) => item.line.debtMinor !== 0n)
			.map(({ item: { line, document }, invoiceId, clientId }) => ({
				entry: invoiceOpened(invoiceId, clientId, line.debtMinor),
				currency: line.currency,
				bookedOn: document.issuedOn,
				now
			}))
	);
	await setOffSaved(
		tx,
		scope,
		now,
		kept.filter(({ item }) => item.document.preceding && item.line.debtMinor < 0n).map(({ invoiceId }) => invoiceId)
	);
	await audit(tx, scope, kept, now);
	if (sendMails)
		await queueOpenedMails(
			tx,
			scope,
			now,
			kept.filter(({ item }) => item.line.notPayableReason === null)
		);
	const twins =
		all.length > kept.length
			? await findInvoicesNamed(
					tx,
					scope,
					items.map(({ line }) => nameOf(line))
				)
			: null;
	const lines = items.map((item): ImportLine => {
		const { line, invoiceId } = item;
		if (held.has(item)) return heldLine(line);
		if (ids.has(invoiceId)) return { ...line, outcome: 'new', invoiceId };
		const twin = twins?.get(nameKey(nameOf(line)));
		const isSame = twin !== undefined && isTwin(twin, line);
		return { ...line, outcome: isSame ? 'identical' : 'conflict', invoiceId: twin?.invoiceId ?? null };
	});
	return { lines, clientIds: kept.map(({ clientId }) => clientId) };
}

/**
 * What a person wants replaced is withdrawn first, if that is still possible: else the number stands, and the line ends as a conflict. Whatever moves of what is
 * known is locked before, at once: what is replaced, what its credit notes lowered, what new credit notes are about.
 */
async function makeRoom(tx: Tx, scope: Scope, items: Keepable[], now: Date): Promise<void> {
	const replacing = items.filter((item) => item.replaces);
	const named = replacing.length
		? await findInvoicesNamed(
				tx,
				scope,
				replacing.map(({ line }) => nameOf(line))
			)
		: new Map<string, { invoiceId: string }>();
	const replaced = [...named.values()].map(({ invoiceId }) => invoiceId);
	const about = items.flatMap(({ line, document }) =>
		document.preceding && line.debtMinor < 0n ? [document.preceding.number] : []
	);
	const lowered = (await listUsesOfCredits(tx, scope, replaced)).map((use) => use.invoiceId);
	const moved = [...replaced, ...lowered, ...(await listNumbered(tx, scope, about))];
	if (moved.length) await lockInvoices(tx, scope, moved);
	for (const invoiceId of replaced) await withdrawInvoices(tx, scope, [invoiceId], now);
}

/** One piece of news for each client, however many invoices: pages read again what they show. */
export const tellOpened = (tx: Tx, scope: Scope, clientIds: string[], now: Date): Promise<void> =>
	recordFacts(
		tx,
		scope,
		now,
		[...new Set(clientIds)].map((clientId) => ({ kind: 'invoice.opened', clientId, invoiceId: null, attemptId: null }))
	);

async function audit(tx: Tx, scope: Scope, kept: Kept[], now: Date): Promise<void> {
	const [first] = kept;
	if (!first) return;
	await recordAudit(tx, scope, now, 'invoices_imported', first.item.documentId, {
		file: first.item.line.fileName.slice(0, 200),
		first: first.item.line.number,
		count: String(kept.length)
	});
}

const rowOf = (
	{ item: { line, document, documentId, mediaType }, invoiceId, clientId }: Kept,
	now: Date
): Parameters<typeof insertInvoices>[2][number]['invoice'] => ({
	invoiceId,
	clientId,
	number: line.number,
	issueYear: nameOf(line).issueYear,
	typeCode: line.typeCode,
	issuedOn: document.issuedOn,
	dueOn: line.dueOn as InvoiceDocument['issuedOn'],
	dueIsDefault: line.dueIsDefault,
	currency: line.currency,
	netMinor: document.netMinor,
	vatMinor: document.vatMinor,
	grossMinor: document.grossMinor,
	prepaidMinor: document.prepaidMinor,
	debtMinor: line.debtMinor,
	paymentReference: document.paymentReference ?? rfReference(line.number),
	deliveredOn: document.deliveredOn,
	freightMinor: document.freightMinor,
	vatOnReceipts: document.vatOnReceipts,
	termsText: document.termsText,
	precedingNumber: document.preceding?.number ?? null,
	precedingOn: document.preceding?.issuedOn ?? null,
	agreedTerms: document.agreed ?? null,
	notPayableReason: line.notPayableReason,
	documentId,
	documentIsShown: isShownToClient(mediaType),
	createdAt: now
});

/** Nobody has looked at it: since it was checked, the client has come to be known (another import made it, or a person chose it). */
export const isHeld = ({ outcome }: ImportLine, { isAddressNew }: Place): boolean => isAddressNew && outcome === 'new';
export const heldLine = (line: ImportLine): ImportLine => ({
	...line,
	outcome: 'review',
	findings: [...line.findings, contactNew(line.email ?? '')]
});
/** Whose invoice it is, as its file and a person say. */
export const buyingOf = ({
	document,
	chosenClientId,
	chosenKind
}: Pick<Keepable, 'document' | 'chosenClientId' | 'chosenKind'>): Buying => ({
	buyer: document.buyer,
	chosenClientId,
	chosenKind
});
/** The client of each, made where nobody is known. `by`: whose word it is; `madeBefore`: the clients that the same import has made, and those that this adds. */
export async function makeClients(
	tx: Tx,
	scope: Scope,
	buyings: Buying[],
	{ now, by, madeBefore = new Set<string>() }: { now: Date; by: string; madeBefore?: Set<string> }
): Promise<Place[]> {
	let clients = await likely(tx, scope, buyings);
	// Two imports at once would create a client twice: where one is new, one at a time, and look again.
	if (buyings.some(({ buyer, chosenClientId }) => chosenClientId || !clients.match(buyer))) {
		await lockClientCreation(tx, scope);
		clients = await likely(tx, scope, buyings);
	}
	const isKept = await chosenClients(tx, scope, buyings);
	const { places, made, contacts, learnt } = placeBuyers(clients, buyings, { newId, isKept, madeBefore });
	await insertClients(
		tx,
		scope,
		[...made].map(([clientId, client]) => ({ clientId, ...client, locale: 'fr' as const, createdAt: now })),
		[...contacts.values()].map(({ clientId, email, name }) => contactOf(clientId, email, name, now))
	);
	await tellContactsByKey(tx, scope, now, { by, emails: [...contacts.values()].map(({ email }) => email) });
	for (const clientId of await learnKinds(tx, scope, learnt))
		await recordAudit(tx, scope, now, 'client_kind_learnt', clientId, { kind: learnt.get(clientId) ?? '' });
	for (const clientId of made.keys()) madeBefore.add(clientId);
	return places;
}
export const likely = async (tx: Tx, scope: Scope, buyings: Buying[]): Promise<KnownClients> =>
	new KnownClients(
		await findClientsLike(
			tx,
			scope,
			buyings.map(({ buyer }) => buyer)
		)
	);
/** Those that a person chose, where they exist. */
export async function chosenClients(
	tx: Tx,
	scope: Scope,
	buyings: Buying[]
): Promise<(clientId: string) => KnownClient | null> {
	const found = new Map<string, KnownClient>();
	for (const id of new Set(buyings.flatMap(({ chosenClientId }) => chosenClientId ?? []))) {
		const client = await findClient(tx, scope, id);
		if (client) found.set(id, { ...client, emails: [], known: { kind: client.kind, kindFrom: client.kindFrom } });
	}
	return (clientId) => found.get(clientId) ?? null;
}
const contactOf = (clientId: string, email: string, name: string, now: Date) => ({
	contactId: newId(),
	clientId,
	email,
	name,
	locale: 'fr' as const,
	isBilling: true,
	hasPortal: true,
	mayPay: true,
	mailProblem: null,
	mailProblemAt: null,
	createdAt: now
});
