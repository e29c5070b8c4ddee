// What a stranger may send, of each kind, to anything.
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { globSync } from 'node:fs';
import type { Asking, Door } from './doors.ts';

const FORM = 'application/x-www-form-urlencoded';
const multipart = (body: string, type = 'multipart/form-data; boundary=----------------------------x') => ({
	headers: { 'content-type': type },
	body
});
const form = (body: string | Buffer, type = FORM) => ({ headers: { 'content-type': type }, body });
const json = (body: string, type = 'application/json') => form(body, type);

/** The names of every field and parameter that the product reads anywhere. */
const NAMES = [
	...new Set(
		globSync('src/{routes,lib/server/http,lib/contract}/**/*.ts').flatMap((file) =>
			[
				...readFileSync(file, 'utf8').matchAll(/(?:get|getAll|has|says|text)\((?:form, )?'([\w.]+)'\)|^\t(\w+): v\./gm)
			].map((found) => found[1] ?? found[2]!)
		)
	)
];
const VALUES = ['a%00b', '%ff%fe', '%ed%a0%80', '%', '-1', '1e999', 'NaN', '', '[object%20Object]', 'x'.repeat(20)];
const allFields = (value: string): string => NAMES.map((name) => `${name}=${value}`).join('&');

export const BODIES: [string, Partial<Asking>][] = [
	['nothing at all', {}],
	['a type and nothing', { headers: { 'content-type': FORM, 'content-length': '0' } }],
	['text', form('x', 'text/plain')],
	['a type that is none', form('x', ';;;')],
	['a type of Latin letters', form('x', 'application/é')],
	['bytes', form(Buffer.from([0, 255, 254, 128]), 'application/octet-stream')],
	['a form of kit’s own', form('x', 'application/x-sveltekit-formdata')],
	...VALUES.map((value): [string, Partial<Asking>] => [`fields of ${value.slice(0, 12)}`, form(allFields(value))]),
	['names of nothing', form('%00=1&%=2&=3&&&__proto__=x&constructor=y')],
	['a form that says another charset', form('a=b', `${FORM}; charset=utf-16`)],
	['parts without boundary', multipart('x', 'multipart/form-data')],
	['parts that are none', multipart('x')],
	[
		'parts that end in the middle',
		multipart('------------------------------x\r\ncontent-disposition: form-data; name="email"\r\n\r\nx')
	],
	[
		'parts without names',
		multipart('------------------------------x\r\n\r\nx\r\n------------------------------x--\r\n')
	],
	[
		'a part with NUL in its file name',
		multipart(
			'------------------------------x\r\ncontent-disposition: form-data; name="fichiers"; filename="a\0.csv"\r\ncontent-type: text/csv\r\n\r\nNumero\0;x\r\n------------------------------x--\r\n'
		)
	],
	['broken JSON', json('{')],
	['JSON of nothing', json('null')],
	['JSON of something else', json('[1,"x"]')],
	['JSON with NUL', json('{"number":"a\\u0000","name":"\\u0000","advance":"\\u0000"}')],
	['JSON with half a character', json(`{${NAMES.map((name) => `"${name}":"\\ud800"`).join(',')}}`)],
	['JSON with a prototype', json('{"__proto__":{"isAdmin":true},"constructor":{"prototype":{}}}')],
	[
		'JSON of other kinds',
		json(`{${NAMES.map((name, i) => `"${name}":${['{}', '[]', '1e999', 'true'][i % 4]!}`).join(',')}}`)
	],
	['deep JSON', json('['.repeat(15_000))],
	['JSON in another charset', json('{}', 'application/json; charset=utf-32')],
	['thousands of fields', form('a&'.repeat(60_000))],
	['600 kB without a length', { ...form('a='.padEnd(600_000, 'x')), isChunked: true }],
	['seventy megabytes, said only', { ...form('a=b'), declared: 70_000_000 }],
	['less than was said', { ...form('a=b'), declared: 1000 }]
];

export const HEADERS: [string, Record<string, string>][] = [
	[
		'cookies of nothing',
		{ cookie: 'ponctuel_session=%00; ponctuel_lang=%zz; ponctuel_browser=%00; =; ponctuel_back=%00' }
	],
	['a long cookie', { cookie: `ponctuel_session=${'x'.repeat(5000)}` }],
	['languages of nothing', { 'accept-language': 'é;q=zz,,;;q=-1,fr-\u00ff' }],
	['a cursor of nothing', { 'last-event-id': '99999999999999999999999', accept: 'text/event-stream' }],
	['another cursor', { 'last-event-id': 'NaN\u00ff' }],
	['keys of nothing', { authorization: 'Bearer \u00ff', 'idempotency-key': '\u00ff', 'stripe-signature': 't=x,v1=' }],
	['addresses of nothing', { 'x-forwarded-for': '\u00ff', 'x-forwarded-proto': 'javascript', forwarded: 'for=x' }],
	[
		'pieces of nothing',
		{ accept: '\u00ff/;q=', 'accept-encoding': 'br;q=zz, \u00ff', range: 'bytes=9-1', 'if-none-match': '*' }
	]
];
/** Added to an address, or put in the place of what names something in it. */
export const TAILS = [
	'%',
	'%c3%28',
	'%00',
	'?%',
	'?x=%zz',
	'?x=%00',
	`?${NAMES.map((name) => `${name}=%ff`).join('&')}`,
	`?${NAMES.map((name) => `${name}=-1`).join('&')}`,
	'?x-sveltekit-invalidated=%00',
	'/__data.json',
	'/__data.json?x-sveltekit-invalidated=zz',
	'/',
	'//',
	`?${'q='.padEnd(9000, 'x')}`
];
export const PIECES = [
	'%00',
	'%',
	'%2e%2e%2f',
	'%ff',
	'é',
	'0',
	'-1',
	'x'.repeat(3000),
	'00000000-0000-0000-0000-00000000000g',
	'..%5c'
];

/** Events that Stripe’s own secret signs, and that look like none of Stripe’s. */
export const signedOddities = (secret: string, now: number): [string, Partial<Asking>][] =>
	[
		'null',
		'[]',
		'"x"',
		'1',
		'{}',
		'{"livemode":false}',
		'{"livemode":false,"data":null}',
		'{"livemode":false,"data":{"object":null}}',
		'{"livemode":false,"id":{},"type":7,"created":"x","data":{"object":{"id":[],"object":{},"payment_intent":{}}}}',
		'{"livemode":false,"id":"evt_\\u0000","type":"payment_intent.succeeded","created":1e300,"account":"acct_lumen","data":{"object":{"id":"pi_\\u0000","object":"payment_intent"}}}',
		`{"livemode":false,"id":"evt_${'x'.repeat(9000)}","type":"payment_intent.succeeded","created":1790000000,"account":"acct_lumen","data":{"object":{"id":"pi_x","object":"payment_intent"}}}`,
		'{"livemode":false,"id":"evt_odd","type":"payment_intent.succeeded","created":-99999999999999,"account":{"x":1},"data":{"object":{"id":"pi_x","object":"payment_intent"}}}'
	].map((body, i) => [
		`signed event ${i}`,
		{
			...json(body),
			headers: {
				'content-type': 'application/json',
				'stripe-signature': `t=${now},v1=${createHmac('sha256', secret).update(`${now}.${body}`).digest('hex')}`
			}
		}
	]);
/** What the person at this door has in hand. */
export const areaOf = ({ path }: Door): 'admin' | 'portal' | 'api' | 'open' =>
	path.startsWith('/admin')
		? 'admin'
		: path.startsWith('/portail')
			? 'portal'
			: path.startsWith('/api')
				? 'api'
				: 'open';
