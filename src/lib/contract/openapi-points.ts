// Points as the API describes them: a client's account and story, the rules in force, adjustments and rewards.
import { amount } from './openapi-import.ts';

const error = { $ref: '#/components/responses/Error' };
const client = {
	name: 'id',
	in: 'path',
	required: true,
	schema: { type: 'string', format: 'uuid' },
	description: 'The client’s id'
};
const key = {
	name: 'Idempotency-Key',
	in: 'header',
	required: true,
	schema: { type: 'string', maxLength: 255 },
	description: 'Same key and same content: the same act, done once. Same key and other content: 422.'
};
const answer = (description: string, name: string) => ({
	description,
	content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } }
});
const refusals = (...codes: ('400' | '404' | '409' | '422')[]) =>
	Object.fromEntries(['401', '403', '429', ...codes].map((code) => [code, error]));
const day = { type: 'string', format: 'date' };
const optionalDay = { type: ['string', 'null'], format: 'date' };
const whole = { type: 'integer' };
const optionalWhole = { type: ['integer', 'null'] };
const uuid = { type: 'string', format: 'uuid' };
const words = {
	type: 'object',
	required: ['fr', 'en'],
	properties: { fr: { type: 'string' }, en: { type: 'string' } }
};
const body = (name: string, example: object) => ({
	required: true,
	content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` }, example } }
});

export const pointsPaths = {
	'/clients/{id}/points': {
		get: {
			operationId: 'readPoints',
			summary: 'A client’s points: balance, what is pending, tier, what expires. A key with the scope `points`',
			parameters: [client],
			responses: {
				'200': answer('The account; of a client that never earned, nothing in it', 'Points'),
				...refusals('404')
			}
		}
	},
	'/clients/{id}/points/history': {
		get: {
			operationId: 'readPointsHistory',
			summary: 'Line by line, the newest first: the points of all lines are the balance',
			parameters: [
				client,
				{ name: 'after', in: 'query', schema: uuid, description: '`next` of the page before' },
				{ name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 200, default: 50 } }
			],
			responses: { '200': answer('Some lines, and where to go on', 'PointsHistory'), ...refusals('400', '404') }
		}
	},
	'/points/programme': {
		get: {
			operationId: 'readPointsProgramme',
			summary: 'The rules in force, and what is left of each reward. Without a programme: 404',
			responses: { '200': answer('The rules', 'PointsProgramme'), ...refusals('404') }
		}
	},
	'/clients/{id}/points/adjustments': {
		post: {
			operationId: 'adjustPoints',
			summary: 'Points more or less, with a reason that the client reads. Never below a balance of nothing',
			parameters: [client, key],
			requestBody: body('PointsAdjustment', { points: 150, reason: 'Geste commercial, dossier 4711' }),
			responses: {
				'201': answer('Done; again, it is the same adjustment with the balance of now', 'PointsAdjusted'),
				...refusals('400', '404', '409', '422')
			}
		}
	},
	'/clients/{id}/points/redemptions': {
		post: {
			operationId: 'redeemPoints',
			summary: 'A reward of the programme is taken for points of the client, who has accepted the rules before',
			parameters: [client, key],
			requestBody: body('PointsRedemption', { reward_id: '0190a3c4-7b1e-7a3b-8c1d-2e3f4a5b6c7d' }),
			responses: {
				'201': answer('Taken; of a voucher with its code. Again, it is the same one', 'PointsRedeemed'),
				...refusals('400', '404', '409', '422')
			}
		}
	}
};

const tier = { type: ['object', 'null'], required: ['position', 'name'], properties: { position: whole, name: words } };
export const pointsSchemas = {
	Points: {
		type: 'object',
		required: [
			'client_id',
			'balance',
			'pending',
			'earned_in_year',
			'tier',
			'next_tier',
			'expiring',
			'frozen',
			'frozen_reason'
		],
		properties: {
			client_id: uuid,
			balance: { ...whole, description: 'Below zero: what money that came back took; the next points pay it' },
			pending: { ...whole, description: 'Earned once the money is final' },
			earned_in_year: { ...whole, description: 'Over twelve rolling months: what the tier is read from' },
			tier,
			next_tier: { ...tier, properties: { ...tier.properties, missing: whole } },
			expiring: {
				type: 'array',
				items: { type: 'object', required: ['on', 'points'], properties: { on: day, points: whole } }
			},
			frozen: { type: 'boolean' },
			frozen_reason: { type: ['string', 'null'] }
		}
	},
	PointsHistory: {
		type: 'object',
		required: ['lines', 'next'],
		properties: {
			lines: { type: 'array', items: { $ref: '#/components/schemas/PointsLine' } },
			next: { type: ['string', 'null'], format: 'uuid' }
		}
	},
	PointsLine: {
		type: 'object',
		required: ['line_id', 'happened_on', 'kind', 'points', 'pending_points', 'reason', 'act', 'redemption'],
		properties: {
			line_id: uuid,
			happened_on: day,
			kind: {
				enum: ['earned', 'spent', 'given_back', 'expired', 'reversed', 'adjusted', null],
				description: 'null: an act that earned nothing, or nothing yet'
			},
			points: whole,
			pending_points: whole,
			reason: { type: ['string', 'null'], description: 'Of an adjustment' },
			act: {
				type: ['object', 'null'],
				properties: {
					kind: { enum: ['payment', 'streak', 'plan', 'first_online'] },
					verdict: { enum: ['on_time', 'late', 'neutral', 'excluded'] },
					invoice_id: uuid,
					number: { type: 'string' },
					due_on: day,
					acted_on: day,
					final_on: optionalDay,
					base: whole,
					early: whole,
					sepa: whole,
					points: whole
				}
			},
			redemption: {
				type: ['object', 'null'],
				properties: {
					kind: { enum: ['credit', 'service', 'voucher', 'gift'] },
					name: { ...words, type: ['object', 'null'] },
					value_minor: { ...amount, type: ['string', 'null'] },
					invoice_id: { type: ['string', 'null'], format: 'uuid', description: 'Of points used on an invoice' },
					number: { type: ['string', 'null'] }
				}
			}
		}
	},
	PointsProgramme: {
		type: 'object',
		required: ['version', 'name', 'earning', 'tiers', 'credit', 'rewards'],
		properties: {
			version: whole,
			published_at: { type: 'string', format: 'date-time' },
			last_earn_on: optionalDay,
			last_spend_on: optionalDay,
			name: words,
			intro: words,
			earning: {
				type: 'object',
				description: '`points` for each `per_minor` of what is paid on time, and what comes on top'
			},
			sepa_vesting_days: whole,
			expiry: { type: ['object', 'null'] },
			tiers: {
				type: 'array',
				items: {
					type: 'object',
					properties: {
						position: whole,
						name: words,
						threshold: whole,
						multiplier_bps: whole,
						perk: { ...words, type: ['object', 'null'] }
					}
				}
			},
			credit: {
				type: ['object', 'null'],
				properties: { points: whole, value_minor: amount, max_share_bps: whole }
			},
			rewards: {
				type: 'array',
				items: {
					type: 'object',
					properties: {
						reward_id: uuid,
						kind: { enum: ['service', 'voucher', 'gift'] },
						name: words,
						terms: words,
						points: whole,
						from: optionalDay,
						until: optionalDay,
						min_tier: whole,
						stock_left: { ...optionalWhole, description: 'null: as many as are asked for' }
					}
				}
			}
		}
	},
	PointsAdjustment: {
		type: 'object',
		required: ['points', 'reason'],
		properties: {
			points: { type: 'integer', minimum: -1_000_000, maximum: 1_000_000, description: 'Not 0' },
			reason: {
				type: 'string',
				minLength: 3,
				maxLength: 300,
				description: 'What the client reads: at least three letters'
			}
		}
	},
	PointsAdjusted: {
		type: 'object',
		required: ['adjustment_id', 'points', 'balance'],
		properties: { adjustment_id: uuid, points: whole, balance: whole }
	},
	PointsRedemption: { type: 'object', required: ['reward_id'], properties: { reward_id: uuid } },
	PointsRedeemed: {
		type: 'object',
		required: ['redemption_id', 'reward_id', 'state', 'points', 'code'],
		properties: {
			redemption_id: uuid,
			reward_id: uuid,
			state: { enum: ['asked', 'used', 'canceled'], description: '`asked`: the supplier has to give it' },
			points: whole,
			code: { type: ['string', 'null'], description: 'Of a voucher' }
		}
	}
};
