// An import from its files to its report, and what the importer remembers of a source: which column is what, and how it writes dates.
import { boolean, foreignKey, index, integer, jsonb, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm';
import type { ChosenKind } from '../../../domain/invoices/client-kind.ts';
import { IMPORT_STATES, IMPORTS_AT_WORK, type ImportOutcome } from '../../../domain/invoices/import-states.ts';
import { bytes, choice, id, instant, oneOf, optionalId, optionalInstant, stateOf, words } from './columns.ts';
import { supplier } from './parties.ts';

/** What a person says of a list: under which name, which column is what, how dates are written. By the key of its header. */
export type ListAnswers = Record<
	string,
	{ name: string; columns: Record<string, string>; dateOrder: 'dmy' | 'mdy' | null }
>;
/** A list as a person must see it to say which column is what. */
export type ListShape = {
	key: string;
	headers: string[];
	sample: string[][];
	columns: (string | null)[];
	needs: 'columns' | 'dates' | null;
	dateOrder: 'dmy' | 'mdy' | null;
};

export const importJob = pgTable(
	'import_job',
	{
		supplierId: id(),
		importId: id(),
		state: stateOf(IMPORT_STATES).notNull(),
		openedBy: text().notNull(),
		openedAt: instant(),
		answers: jsonb().$type<ListAnswers>().notNull().default({}),
		confirmsItself: boolean().notNull(), // what is new is kept as soon as everything is read
		sendsMails: boolean().notNull(),
		acceptsReview: boolean().notNull(), // a person has looked at the lines that ask for it
		confirmedBy: text(),
		confirmedAt: optionalInstant(),
		keptCount: integer().notNull().default(0),
		keptFile: integer().notNull().default(0), // keeping has come as far as this file, and this line of it
		keptLine: integer().notNull().default(-1),
		finishedAt: optionalInstant(),
		forgottenAt: optionalInstant(), // its files and what was read in them are gone; the report stays
		undoneBy: text(),
		undoneAt: optionalInstant(),
		claimId: optionalId(), // a worker is at it
		claimedUntil: optionalInstant() // whoever dies holding it loses it to another then
	},
	(t) => [
		primaryKey({ name: 'import_job_pk', columns: [t.supplierId, t.importId] }),
		foreignKey({ name: 'import_job_supplier_fk', columns: [t.supplierId], foreignColumns: [supplier.supplierId] }),
		index('import_job_opened_idx').on(t.supplierId, t.openedAt),
		index('import_job_queue_idx')
			.on(t.openedAt)
			.where(sql`${t.state} in (${words(IMPORTS_AT_WORK)})`),
		index('import_job_forget_idx')
			.on(t.openedAt, t.supplierId)
			.concurrently()
			.where(sql`${t.forgottenAt} is null`),
		oneOf('import_job_state_check', t.state)
	]
);

export const importFile = pgTable(
	'import_file',
	{
		supplierId: id(),
		importId: id(),
		position: integer().notNull(),
		fileName: text().notNull(),
		sha256: text().notNull(),
		byteSize: integer().notNull(),
		content: bytes(), // null once its invoices are kept with it as their document, or it was dropped
		mediaType: text(), // null until it is read
		list: jsonb().$type<ListShape>()
	},
	(t) => [
		primaryKey({ name: 'import_file_pk', columns: [t.supplierId, t.importId, t.position] }),
		foreignKey({
			name: 'import_file_job_fk',
			columns: [t.supplierId, t.importId],
			foreignColumns: [importJob.supplierId, importJob.importId]
		}),
		unique('import_file_once').on(t.supplierId, t.importId, t.sha256, t.fileName)
	]
);

export const importLine = pgTable(
	'import_line',
	{
		supplierId: id(),
		importId: id(),
		filePosition: integer().notNull(),
		position: integer().notNull(),
		outcome: choice<ImportOutcome>({
			new: true,
			review: true,
			identical: true,
			conflict: true,
			refused: true
		}).notNull(),
		number: text().notNull(),
		issueYear: integer().notNull(), // 0 where nothing could be read
		buyerKey: text().notNull(), // the same buyer on several lines has the same
		view: jsonb().$type<unknown>().notNull(), // what is shown of it
		document: jsonb().$type<unknown>(), // what will be kept; null when there is nothing to keep, or it was forgotten
		chosenClientId: optionalId(), // a person's word against the matching; its own line's id: a new client
		chosenKind: choice<ChosenKind>({ business: true, consumer: true }), // a person's word: what the new client is
		replaces: boolean().notNull().default(false), // a person's word: the invoice known under this number is withdrawn
		invoiceId: id() // what its invoice will be; kept means that this invoice exists
	},
	(t) => [
		primaryKey({ name: 'import_line_pk', columns: [t.supplierId, t.importId, t.filePosition, t.position] }),
		foreignKey({
			name: 'import_line_file_fk',
			columns: [t.supplierId, t.importId, t.filePosition],
			foreignColumns: [importFile.supplierId, importFile.importId, importFile.position]
		}),
		index('import_line_number_idx').on(t.supplierId, t.importId, t.number),
		index('import_line_outcome_idx').on(t.supplierId, t.importId, t.outcome, t.filePosition, t.position),
		oneOf('import_line_outcome_check', t.outcome),
		oneOf('import_line_chosen_kind_check', t.chosenKind)
	]
);

export const importMapping = pgTable(
	'import_mapping',
	{
		supplierId: id(),
		mappingId: id(),
		headerKey: text().notNull(), // of the columns and their order
		name: text().notNull(),
		columns: jsonb().$type<Record<string, string>>().notNull(),
		dateOrder: choice<'dmy' | 'mdy'>({ dmy: true, mdy: true }),
		savedAt: instant()
	},
	(t) => [
		primaryKey({ name: 'import_mapping_pk', columns: [t.supplierId, t.mappingId] }),
		foreignKey({ name: 'import_mapping_supplier_fk', columns: [t.supplierId], foreignColumns: [supplier.supplierId] }),
		unique('import_mapping_once').on(t.supplierId, t.headerKey),
		oneOf('import_mapping_date_order_check', t.dateOrder)
	]
);
