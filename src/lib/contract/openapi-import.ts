// Imports as the API describes them: how one is opened and followed, and what it answers invoice by invoice.
import { IMPORT_STATES } from '../domain/invoices/import-states.ts';
import { namesOf } from '../domain/states.ts';

export const amount = {
	type: 'string',
	pattern: '^-?\\d+$',
	description:
		'Integer of minor units of the currency (ISO 4217: cents of a euro, whole yen, thousandths of a dinar), as text',
	examples: ['120000']
};

const importLine = {
	type: 'object',
	required: [
		'file',
		'outcome',
		'invoice_id',
		'number',
		'client',
		'currency',
		'gross_minor',
		'debt_minor',
		'findings',
		'changes'
	],
	properties: {
		file: { type: 'string' },
		outcome: { enum: ['new', 'review', 'identical', 'conflict', 'refused'] },
		invoice_id: { type: ['string', 'null'] },
		number: { type: 'string' },
		client: { type: 'string' },
		client_is_new: { type: 'boolean' },
		client_matched_by: {
			type: ['string', 'null'],
			enum: ['siren', 'vat_number', 'email', 'name', null],
			description: 'What in the file told which client it is'
		},
		type_code: { type: 'string' },
		issued_on: { type: 'string' },
		due_on: { type: 'string' },
		due_is_default: { type: 'boolean' },
		currency: { type: 'string' },
		gross_minor: amount,
		debt_minor: { ...amount, description: 'What the client owes; negative for a credit' },
		findings: {
			type: 'array',
			items: {
				type: 'object',
				properties: {
					code: { type: 'string' },
					severity: { enum: ['block', 'confirm', 'warn'] },
					field: { type: 'string' },
					found: { type: 'string' },
					expected: { type: 'string' }
				}
			}
		},
		changes: {
			type: 'array',
			description: 'What the file says otherwise than the invoice kept under this number',
			items: {
				type: 'object',
				properties: {
					field: { enum: ['gross', 'due', 'due_on', 'issued_on', 'client'] },
					before: { type: 'string' },
					after: { type: 'string' }
				}
			}
		}
	}
} as const;

const importReport = {
	type: 'object',
	required: ['invoices'],
	properties: {
		invoices: {
			type: 'array',
			items: { $ref: '#/components/schemas/ImportLine' }
		}
	}
} as const;

const states = namesOf(IMPORT_STATES);
const urls = {
	url: { type: 'string', examples: ['/api/v1/imports/019bd0a4-5a5e-7c1e-9d5d-2c8e6f0f8a10'] },
	lines_url: { type: 'string' }
};
const instant = { type: ['string', 'null'], format: 'date-time' };
const importOpened = {
	type: 'object',
	required: ['import_id', 'state', 'url', 'lines_url'],
	properties: { import_id: { type: 'string', format: 'uuid' }, state: { enum: states }, ...urls }
};
const importStatus = {
	type: 'object',
	required: ['import_id', 'state', 'files', 'files_read', 'invoices_created', 'outcomes', 'url', 'lines_url'],
	properties: {
		import_id: { type: 'string', format: 'uuid' },
		state: {
			enum: states,
			description:
				'`ready`: read and checked, waits for a confirmation. `done`, `undone` and `dropped` are ends; poll until then.'
		},
		opened_at: instant,
		opened_by: { type: 'string' },
		confirmed_at: instant,
		finished_at: instant,
		undone_at: instant,
		files: { type: 'integer' },
		files_read: { type: 'integer' },
		invoices_created: { type: 'integer' },
		outcomes: {
			type: 'object',
			required: ['new', 'review', 'identical', 'conflict', 'refused'],
			properties: {
				new: { type: 'integer' },
				review: { type: 'integer' },
				identical: { type: 'integer' },
				conflict: { type: 'integer' },
				refused: { type: 'integer' }
			}
		},
		...urls
	}
};
const importLines = {
	type: 'object',
	required: ['lines', 'next'],
	properties: {
		lines: { type: 'array', items: { $ref: '#/components/schemas/ImportLine' } },
		next: { type: ['string', 'null'], description: 'What to ask for as `after`; null at the end' }
	}
};

const error = { $ref: '#/components/responses/Error' };
const answer = (description: string, schema: string, example?: object) => ({
	description,
	content: {
		'application/json': { schema: { $ref: `#/components/schemas/${schema}` }, ...(example ? { example } : {}) }
	}
});
const id = { name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } };
const flag = (name: string, description: string, byDefault: string) => ({
	name,
	in: 'query',
	description,
	schema: { type: 'string', enum: ['true', 'false'], default: byDefault }
});
const sendMails = flag('send_mails', 'Send each new payable invoice to the client’s billing contacts', 'false');
const IMPORT_ID = '019bd0a4-5a5e-7c1e-9d5d-2c8e6f0f8a10';

export const importSchemas = {
	ImportReport: importReport,
	ImportLine: importLine,
	ImportOpened: importOpened,
	Import: importStatus,
	ImportLines: importLines
};

export const importPaths = {
	'/imports': {
		post: {
			operationId: 'openImport',
			summary: 'Import many invoices in the background',
			parameters: [
				{
					name: 'Idempotency-Key',
					in: 'header',
					schema: { type: 'string', maxLength: 255 },
					description: 'Same key and same content: same import, nothing done twice. Same key and other content: 422.'
				},
				flag('confirm', '`false`: read and checked only, kept by a call of its own', 'true'),
				sendMails
			],
			requestBody: {
				required: true,
				content: {
					'multipart/form-data': {
						schema: {
							type: 'object',
							required: ['fichiers'],
							properties: {
								fichiers: { type: 'array', maxItems: 200, items: { type: 'string', format: 'binary' } }
							}
						}
					},
					'application/json': { schema: { $ref: '#/components/schemas/InvoiceImport' } }
				}
			},
			responses: {
				'202': answer('Received; follow it at `url`', 'ImportOpened', {
					import_id: IMPORT_ID,
					state: 'reading',
					url: `/api/v1/imports/${IMPORT_ID}`,
					lines_url: `/api/v1/imports/${IMPORT_ID}/lines`
				}),
				'400': error,
				'401': error,
				'403': error,
				'409': error,
				'413': error,
				'422': error,
				'429': error
			}
		}
	},
	'/imports/{id}': {
		get: {
			operationId: 'readImport',
			summary: 'How far an import is',
			parameters: [id],
			responses: {
				'200': answer('The import', 'Import', {
					import_id: IMPORT_ID,
					state: 'done',
					opened_at: '2026-11-22T10:00:00.000Z',
					opened_by: 'api_key',
					confirmed_at: '2026-11-22T10:00:01.000Z',
					finished_at: '2026-11-22T10:00:02.000Z',
					undone_at: null,
					files: 1,
					files_read: 1,
					invoices_created: 118,
					outcomes: { new: 118, review: 1, identical: 0, conflict: 0, refused: 1 },
					url: `/api/v1/imports/${IMPORT_ID}`,
					lines_url: `/api/v1/imports/${IMPORT_ID}/lines`
				}),
				'401': error,
				'403': error,
				'404': error,
				'429': error
			}
		}
	},
	'/imports/{id}/lines': {
		get: {
			operationId: 'listImportLines',
			summary: 'The report: what became of each invoice',
			parameters: [
				id,
				{ name: 'after', in: 'query', schema: { type: 'string' }, description: '`next` of the answer before' },
				{ name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 1000, default: 100 } }
			],
			responses: {
				'200': answer('Some lines, in the order of the files', 'ImportLines'),
				'400': error,
				'401': error,
				'403': error,
				'404': error,
				'429': error
			}
		}
	},
	'/imports/{id}/confirm': {
		post: {
			operationId: 'confirmImport',
			summary:
				'Keep what is new of an import that this key opened; again is harmless. What is `review` waits for a person',
			parameters: [id, sendMails],
			responses: {
				'202': { description: 'Being kept; poll the import' },
				'401': error,
				'403': error,
				'404': error,
				'409': error,
				'429': error
			}
		}
	},
	'/imports/{id}/undo': {
		post: {
			operationId: 'undoImport',
			summary: 'Withdraw every invoice of an import that this key opened, or none: refused once money has touched one',
			parameters: [id],
			responses: {
				'200': { description: 'Undone' },
				'401': error,
				'403': error,
				'404': error,
				'409': error,
				'429': error
			}
		}
	}
};
