// What the supplier's pages of its imports, and whoever follows one by the API, are shown: files, lists, and what becomes of each invoice, before and after.
import type { AgreedTerms } from '../domain/invoices/agreed-terms.ts';
import type { MatchedBy } from '../domain/invoices/buyer.ts';
import type { KnownKind } from '../domain/invoices/client-kind.ts';
import type { Finding, NotPayableReason } from '../domain/invoices/findings.ts';
import type { ImportOutcome, ImportState } from '../domain/invoices/import-states.ts';
import type { Minor } from '../domain/money/minor.ts';

export type ImportFileView = { position: number; fileName: string; sha256: string; byteSize: number; isRead: boolean };
/** A list as a person must see it to say which column is what. */
export type ListView = {
	key: string;
	fileName: string;
	name: string;
	headers: string[];
	sample: string[][];
	columns: (string | null)[];
	needs: 'columns' | 'dates' | null;
	dateOrder: 'dmy' | 'mdy' | null;
};
/** What will become of one invoice of one file. */
export type ImportLine = {
	fileName: string;
	outcome: ImportOutcome;
	number: string;
	clientName: string;
	clientIsNew: boolean;
	/** What in the file told which client it is; null for a new one, or one that a person chose. */
	matchedBy: MatchedBy | null;
	email: string | null;
	typeCode: string;
	issuedOn: string;
	dueOn: string;
	dueIsDefault: boolean;
	currency: string;
	grossMinor: Minor;
	debtMinor: Minor;
	notPayableReason: NotPayableReason | null;
	/** Terms that its own fields give. */
	agreed: AgreedTerms | null;
	findings: Finding[];
	/** Against the invoice that is kept under this number: amounts in minor units, days as YYYY-MM-DD. */
	changes: { field: 'gross' | 'due' | 'due_on' | 'issued_on' | 'client'; before: string; after: string }[];
	/** The invoice kept under this number may make room for this one: nothing of it was paid, or is being paid. */
	isReplaceable: boolean;
	invoiceId: string | null;
};
export type LineView = ImportLine & {
	filePosition: number;
	position: number;
	buyerKey: string;
	replaces: boolean;
	/** Not decided yet: a person may still say something of it. */
	isOpen: boolean;
	/** Its file is a PDF, which a page can show as long as it is not forgotten. */
	isPdf: boolean;
};
export type ImportView = {
	importId: string;
	state: ImportState;
	timeZone: string;
	openedAt: Date;
	openedBy: string;
	confirmedAt: Date | null;
	confirmedBy: string | null;
	finishedAt: Date | null;
	undoneAt: Date | null;
	undoneBy: string | null;
	sendsMails: boolean;
	fileCount: number;
	readCount: number;
	counts: Record<ImportOutcome, number>;
	/** How many invoices it has created so far, and how many wait to be kept as things stand. */
	keptCount: number;
	waitingCount: number;
};
export type ForeseenClient = KnownKind & {
	clientId: string;
	name: string;
	isNew: boolean;
	/** How its files name it: what a person's word about it is given by. */
	buyerKey: string;
	/** A file says that it is something else than what is known, which stands. */
	isContradicted: boolean;
	/** Its invoices that will be kept: each that can be paid here goes to every recipient. */
	payable: number;
	others: number;
	/** `problem`: what a mail server said of the last one. */
	recipients: { email: string; problem: string | null }[];
};
/** Who would be told if it were confirmed now, and the clients that it is about: those whose kind nobody knows first. */
export type ForeseenPage = {
	mails: number;
	/** With what asks for a look, once it is accepted. */
	mailsReviewed: number;
	clients: ForeseenClient[];
	clientCount: number;
	unknownCount: number;
	page: number;
};
export type ImportPage = ImportView & {
	/** null while there is nothing to confirm. */
	foreseen: ForeseenPage | null;
	files: ImportFileView[];
	lists: ListView[];
	lines: LineView[];
	/** Of these lines: behind which line the next ones begin. */
	linesPage: { next: string | null; isFirst: boolean };
};
