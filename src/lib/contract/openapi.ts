// OpenAPI 3.1 description of the supplier's API.
import { amount, importPaths, importSchemas } from './openapi-import.ts';
import { pointsPaths, pointsSchemas } from './openapi-points.ts';

const error = {
	description: 'Refused: a stable code, a sentence, and what the sentence is about',
	content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } }
};
export const openApi = {
	openapi: '3.1.0',
	info: {
		title: 'Ponctuel API',
		version: '1.0.0',
		description: 'For a supplier’s own software. Keys are made in Réglages.',
		license: { name: 'MIT', identifier: 'MIT' }
	},
	servers: [{ url: '/api/v1' }],
	security: [{ key: [] }],
	paths: {
		...importPaths,
		...pointsPaths,
		'/invoices/{id}': {
			get: {
				operationId: 'readInvoice',
				summary: 'One invoice: what is left of it, and what its client may choose today, at today’s price',
				parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } }],
				responses: {
					'200': {
						description: 'The invoice',
						content: { 'application/json': { schema: { $ref: '#/components/schemas/Invoice' } } }
					},
					'401': error,
					'403': error,
					'404': error,
					'429': error
				}
			}
		},
		'/invoices': {
			get: {
				operationId: 'findInvoices',
				summary: 'Invoices of a number, newest first: the same number may come back another year',
				parameters: [{ name: 'number', in: 'query', required: true, schema: { type: 'string', maxLength: 100 } }],
				responses: {
					'200': {
						description: 'None, one, or one a year',
						content: {
							'application/json': {
								schema: {
									type: 'object',
									properties: { invoices: { type: 'array', items: { $ref: '#/components/schemas/Invoice' } } }
								}
							}
						}
					},
					'400': error,
					'401': error,
					'403': error,
					'429': error
				}
			},
			post: {
				operationId: 'importInvoices',
				summary: 'Import invoices from files (Factur-X PDF, CII or UBL XML, CSV, a zip of them) or JSON',
				parameters: [
					{
						name: 'Idempotency-Key',
						in: 'header',
						schema: { type: 'string', maxLength: 255 },
						description: 'Same key and same content: same answer, nothing done twice. Same key and other content: 422.'
					},
					{
						name: 'Ponctuel-Send-Mails',
						in: 'header',
						schema: { type: 'string', enum: ['true', 'false'] },
						description: 'JSON only: send each new payable invoice to the client’s billing contacts'
					}
				],
				requestBody: {
					required: true,
					content: {
						'multipart/form-data': {
							schema: {
								type: 'object',
								required: ['fichiers'],
								properties: {
									fichiers: { type: 'array', maxItems: 200, items: { type: 'string', format: 'binary' } },
									send_mails: { type: 'string', enum: ['true', 'false'] }
								}
							}
						},
						'application/json': {
							schema: { $ref: '#/components/schemas/InvoiceImport' },
							example: {
								invoices: [
									{
										number: 'F2026-0042',
										issued_on: '2026-11-12',
										due_on: '2026-12-12',
										client: { name: 'Menuiserie Roche', siren: '552100554', email: 'compta@roche.example' },
										net_minor: '100000',
										vat_lines: [{ rate_bps: 2000, base_minor: '100000', vat_minor: '20000' }],
										gross_minor: '120000'
									}
								]
							}
						}
					}
				},
				responses: {
					'201': {
						description: 'At least one invoice was created',
						content: { 'application/json': { schema: { $ref: '#/components/schemas/ImportReport' } } }
					},
					'200': {
						description: 'Nothing new: everything was known or refused',
						content: { 'application/json': { schema: { $ref: '#/components/schemas/ImportReport' } } }
					},
					'400': error,
					'401': error,
					'403': error,
					'409': error,
					'413': error,
					'422': error,
					'429': error
				}
			}
		}
	},
	components: {
		securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'ponctuel_…' } },
		responses: { Error: error },
		schemas: {
			Invoice: {
				type: 'object',
				properties: {
					invoice_id: { type: 'string', format: 'uuid' },
					number: { type: 'string' },
					client: { type: 'string' },
					client_kind: { type: 'string', enum: ['business', 'consumer', 'unknown'] },
					issued_on: { type: 'string', format: 'date' },
					due_on: { type: 'string', format: 'date' },
					currency: { type: 'string' },
					state: {
						enum: [
							'late',
							'due_soon',
							'open',
							'under_way',
							'in_plan',
							'paid',
							'credited',
							'credit',
							'credit_used',
							'not_payable'
						],
						description:
							'`paid`: nothing is left, and money stands. `credited`: nothing is left, and no money stands: credit notes took all of it off. `credit`: a credit note with something left; `credit_used`: with nothing left'
					},
					gross_minor: amount,
					balance_minor: { ...amount, description: 'What the books say is owed' },
					payable_minor: { ...amount, description: 'What may be paid today, without a discount' },
					options: {
						type: 'array',
						items: {
							type: 'object',
							properties: {
								kind: { enum: ['now', 'early', 'plan_2', 'plan_3'] },
								amount_minor: { ...amount, description: 'Over all parts' },
								due_now_minor: { ...amount, description: 'Paid at once' },
								discount_minor: amount,
								discount_vat_minor: { ...amount, description: 'VAT inside the discount' },
								ends_at: { type: ['string', 'null'], format: 'date-time', description: 'This price ends then' },
								parts: {
									type: 'array',
									items: {
										type: 'object',
										properties: { due_on: { type: 'string', format: 'date' }, amount_minor: amount }
									}
								},
								methods: { type: 'array', items: { enum: ['card', 'sepa_debit'] } }
							}
						}
					},
					not_offered: {
						type: 'array',
						items: {
							type: 'object',
							properties: { kind: { enum: ['now', 'early', 'plan_2', 'plan_3'] }, reason: { type: 'string' } }
						}
					}
				}
			},
			InvoiceImport: {
				type: 'object',
				required: ['invoices'],
				properties: {
					invoices: {
						type: 'array',
						minItems: 1,
						maxItems: 500,
						items: {
							type: 'object',
							required: ['number', 'issued_on', 'client', 'net_minor', 'vat_lines', 'gross_minor'],
							properties: {
								number: { type: 'string', maxLength: 100 },
								type_code: {
									type: 'string',
									default: '380',
									description: 'UNCL1001: 380 invoice, 381 credit note (positive amounts)'
								},
								preceding_number: {
									type: ['string', 'null'],
									maxLength: 100,
									description: 'Of a credit note: the invoice it is about, which it is set off against.'
								},
								preceding_issued_on: { type: ['string', 'null'], format: 'date' },
								issued_on: { type: 'string', format: 'date' },
								delivered_on: {
									type: ['string', 'null'],
									format: 'date',
									description: 'A consumer’s instalments are counted from it.'
								},
								freight_minor: {
									type: 'string',
									description: 'Charges of the whole invoice, VAT included: an offer may exclude them.'
								},
								vat_on_receipts: {
									type: 'boolean',
									description: 'VAT falls due when the money comes: a discount needs no credit note.'
								},
								due_on: { type: ['string', 'null'], format: 'date' },
								currency: { type: 'string', default: 'EUR' },
								client: {
									type: 'object',
									required: ['name'],
									properties: {
										name: { type: 'string' },
										siren: { type: ['string', 'null'] },
										vat_number: { type: ['string', 'null'] },
										email: { type: ['string', 'null'], format: 'email' },
										kind: {
											type: ['string', 'null'],
											enum: ['business', 'consumer', null],
											description:
												'What the client is. A SIREN or VAT number says business by itself; left out without either, it is not known. Changes nothing that is known already'
										}
									}
								},
								net_minor: amount,
								gross_minor: amount,
								due_minor: amount,
								vat_lines: {
									type: 'array',
									items: {
										type: 'object',
										required: ['rate_bps', 'base_minor', 'vat_minor'],
										properties: {
											rate_bps: { type: 'integer', description: 'Basis points: 2000 is 20 %' },
											base_minor: amount,
											vat_minor: amount,
											category: { type: 'string', default: 'S' }
										}
									}
								},
								payment_reference: { type: ['string', 'null'] },
								payee_iban: {
									type: ['string', 'null'],
									description:
										'The account that the invoice asks to be paid to: one that is not yours is held (`review`).'
								}
							}
						}
					}
				}
			},
			...pointsSchemas,
			...importSchemas,
			Error: {
				type: 'object',
				properties: {
					error: {
						type: 'object',
						properties: { code: { type: 'string' }, message: { type: 'string' }, detail: { type: 'object' } }
					}
				}
			}
		}
	}
} as const;
