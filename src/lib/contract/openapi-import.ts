// What an import answers, invoice by invoice, as the API describes it.
export const amount = {
	type: 'string',
	pattern: '^-?\\d+$',
	description: 'Integer of minor units (cents), as text',
	examples: ['120000']
};

export const importReport = {
	type: 'object',
	properties: {
		invoices: {
			type: 'array',
			items: {
				type: 'object',
				properties: {
					file: { type: 'string' },
					outcome: { enum: ['new', 'review', 'identical', 'conflict', 'refused'] },
					invoice_id: { type: ['string', 'null'] },
					number: { type: 'string' },
					client: { type: 'string' },
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
			}
		}
	}
} as const;
