// The API over HTTP: authentication, encoding, idempotency, faults, errors, as Stripe does them (https://docs.stripe.com/api).
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { ROUTES, type Call } from './api.ts';
import { browserCall } from './browser-api.ts';
import { control } from './control.ts';
import { invalid, StripeError } from './errors.ts';
import { API_VERSION } from './events.ts';
import { expand } from './expand.ts';
import { checkParameters, list, parseForm, type Params } from './form.ts';
import type { Request, SandboxOptions } from './request.ts';
import { publicView, type Account, type Fault, type World } from './world.ts';

/** What Stripe says with a status that a fault asks for (https://docs.stripe.com/error-low-level). */
const INTERNAL = { type: 'api_error', message: 'An error occurred internally.' };
const FAULTS: Record<number, object> = {
	400: { type: 'invalid_request_error', message: 'Invalid request.' },
	401: { type: 'invalid_request_error', message: 'Invalid API Key provided: sk_test_****ngs' },
	403: {
		type: 'invalid_request_error',
		code: 'account_invalid',
		message: 'The provided key does not have access to this account (or that account does not exist).'
	},
	429: { type: 'rate_limit_error', code: 'rate_limit', message: 'Too many requests hit the API too quickly.' }
};
type Answer = { status: number; body: string; headers?: Record<string, string> };
const DAY_MS = 86_400_000;

export function stripeServer(world: World, options: SandboxOptions): Server {
	return createServer((req, res) => {
		const answered = readBody(req).then((body) =>
			handle(
				world,
				options,
				{
					method: req.method ?? 'GET',
					path: req.url ?? '/',
					body,
					headers: req.headers,
					ip: req.socket.remoteAddress ?? ''
				},
				req,
				res
			)
		);
		// Who asks may die in the middle of a request, and a lever may be pulled wrongly: neither ends the stand-in.
		answered.catch((error: unknown) => {
			if (!req.destroyed) console.error(error);
			if (!res.headersSent) res.writeHead(500);
			res.end(String(error));
		});
	});
}

async function readBody(req: IncomingMessage): Promise<string> {
	const parts: Buffer[] = [];
	for await (const part of req) parts.push(part as Buffer);
	return Buffer.concat(parts).toString('utf8');
}

async function handle(
	world: World,
	options: SandboxOptions,
	request: Request,
	req: IncomingMessage,
	res: ServerResponse
): Promise<void> {
	const url = new URL(request.path, 'http://sandbox');
	if (url.pathname.startsWith('/_sandbox')) return send(res, await control(world, request.method, url, request.body));
	if (request.method === 'OPTIONS') return send(res, { status: 204, body: '', headers: cors(options, request) });
	const accountId = header(request, 'stripe-account');
	const fault = nextFault(world, request.method, url.pathname, accountId);
	if (fault?.do.latency_ms) await new Promise((done) => setTimeout(done, fault.do.latency_ms));
	if (fault?.do.drop === 'before') return void req.socket.destroy();
	if (fault?.do.html_502)
		return send(res, { status: 502, body: '<html>502 Bad Gateway</html>', headers: { 'content-type': 'text/html' } });
	const requestId = `req_${randomBytes(7).toString('hex')}`;
	const answer = fault?.do.status
		? {
				status: fault.do.status,
				body: JSON.stringify({
					error: {
						...(FAULTS[fault.do.status] ?? INTERNAL),
						...fault.do.error
					}
				})
			}
		: answerTo(world, options, request, url, accountId, requestId);
	const key = header(request, 'idempotency-key');
	world.requests.push({ method: request.method, path: url.pathname, key, account: accountId, status: answer.status });
	if (fault?.do.drop === 'after') return void req.socket.destroy();
	const headers: Record<string, string> = {
		'content-type': 'application/json',
		'request-id': requestId,
		'stripe-version': header(request, 'stripe-version') ?? API_VERSION,
		...(key ? { 'idempotency-key': key } : {}),
		...(accountId ? { 'stripe-account': accountId } : {}),
		...(fault?.do.should_retry === undefined ? {} : { 'stripe-should-retry': String(fault.do.should_retry) }),
		...cors(options, request),
		...answer.headers
	};
	if (fault?.do.truncate) {
		res.writeHead(answer.status, { ...headers, 'content-length': String(Buffer.byteLength(answer.body)) });
		res.write(answer.body.slice(0, Math.floor(answer.body.length / 2)), () => req.socket.destroy());
		return;
	}
	send(res, { ...answer, headers });
}

const header = (request: Request, name: string): string | null => (request.headers[name] as string | undefined) ?? null;
/** Only the application and our own script origin may call from a browser. */
const cors = (options: SandboxOptions, request: Request): Record<string, string> => {
	const origin = header(request, 'origin');
	return origin && [options.appOrigin, new URL(options.jsUrl).origin].includes(origin)
		? {
				'access-control-allow-origin': origin,
				'access-control-allow-headers': 'authorization, content-type, stripe-account, stripe-version',
				'access-control-allow-methods': 'GET, POST',
				vary: 'origin'
			}
		: {};
};
function send(res: ServerResponse, answer: Answer): void {
	res.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
	res.end(answer.body);
}

function nextFault(world: World, method: string, path: string, account: string | null): Fault | undefined {
	return world.faults.find((fault) => {
		const { match } = fault;
		if (
			(match.method && match.method !== method) ||
			(match.path && !new RegExp(match.path).test(path)) ||
			(match.account && match.account !== account)
		)
			return false;
		fault.seen += 1;
		const first = match.nth ?? 1;
		return fault.seen >= first && fault.seen < first + (match.times ?? Infinity);
	});
}

function answerTo(
	world: World,
	options: SandboxOptions,
	request: Request,
	url: URL,
	accountId: string | null,
	requestId: string
): Answer {
	try {
		const key = authenticate(world, request);
		if (!(header(request, 'stripe-version') ?? API_VERSION).endsWith('.endive'))
			throw invalid(`Invalid Stripe API version: ${header(request, 'stripe-version')}`);
		const account = world.accounts.get(accountId ?? '');
		if (!account || world.refusedAccounts.includes(accountId ?? ''))
			throw new StripeError(403, {
				type: 'invalid_request_error',
				code: 'account_invalid',
				message: `The provided key does not have access to account '${accountId}' (or that account does not exist).`
			});
		const params = parseForm(request.method === 'GET' ? url.search.slice(1) : request.body);
		if (key.startsWith('pk_'))
			return { status: 200, body: JSON.stringify(browserCall(world, account, options, request, url.pathname, params)) };
		return idempotently(world, account, request, url.pathname, params, () =>
			run(world, account, options, request, url.pathname, params, requestId)
		);
	} catch (error) {
		if (!(error instanceof StripeError)) {
			console.error('sandbox bug', error);
			return { status: 500, body: JSON.stringify({ error: { type: 'api_error', message: String(error) } }) };
		}
		return errorAnswer(error, requestId);
	}
}

const errorAnswer = (error: StripeError, requestId: string): Answer => ({
	status: error.status,
	body: JSON.stringify({
		error: {
			doc_url: `https://docs.stripe.com/error-codes/${error.body.code ?? ''}`,
			request_log_url: `https://dashboard.stripe.com/test/logs/${requestId}`,
			...error.body
		}
	})
});

function authenticate(world: World, request: Request): string {
	const value = header(request, 'authorization') ?? '';
	const key = value.startsWith('Basic ')
		? Buffer.from(value.slice(6), 'base64').toString().replace(/:.*/s, '')
		: value.replace(/^Bearer /, '');
	if (!key)
		throw new StripeError(401, {
			type: 'invalid_request_error',
			message: 'You did not provide an API key. You need to provide your API key in the Authorization header.'
		});
	if (!/^(sk|rk|pk)_test_/.test(key))
		throw new StripeError(401, {
			type: 'invalid_request_error',
			message: `Invalid API Key provided: ${key.slice(0, 8)}****${key.slice(-3)}`
		});
	if (world.refusedKeys.includes(key))
		throw new StripeError(401, {
			type: 'invalid_request_error',
			code: 'api_key_expired',
			message: `Expired API Key provided: ${key.slice(0, 8)}****${key.slice(-3)}. Platform-initiated or rolled keys cannot be used.`
		});
	return key;
}

function run(
	world: World,
	account: Account,
	options: SandboxOptions,
	request: Request,
	path: string,
	params: Params,
	requestId: string
): Answer {
	const route = ROUTES.find((candidate) => candidate.method === request.method && candidate.path.test(path));
	if (!route) {
		const elsewhere = path.startsWith('/v1/');
		throw new StripeError(elsewhere ? 501 : 404, {
			type: 'invalid_request_error',
			message: `Unrecognized request URL in the sandbox (${request.method}: ${path}).`
		});
	}
	const { expand: paths, ...rest } = params;
	checkParameters(rest, route.parameters);
	const call: Call = {
		world,
		account,
		params: rest,
		cause: { requestId, key: header(request, 'idempotency-key') },
		jsUrl: options.jsUrl,
		online: { ip_address: '203.0.113.7', user_agent: header(request, 'user-agent') }
	};
	const result = route.run(call, route.path.exec(path)?.[1] ?? '');
	world.changed();
	return { status: 200, body: JSON.stringify(expand(account, publicView(result), list(paths))) };
}

/** First answer kept a day and replayed, 402 and 500 included; other parameters under the same key are an error (docs: idempotent requests). */
function idempotently(
	world: World,
	account: Account,
	request: Request,
	path: string,
	params: Params,
	work: () => Answer
): Answer {
	const key = header(request, 'idempotency-key');
	if (request.method !== 'POST' || !key) return work();
	if (key.length > 255) throw invalid('Idempotency key is too long.', { code: 'idempotency_key_invalid' });
	const slot = `${account.id ?? ''} ${key}`;
	const fingerprint = createHash('sha256')
		.update(`${path} ${JSON.stringify(params)}`)
		.digest('hex');
	const kept = world.idempotency.get(slot);
	if (kept && world.now() - kept.at < DAY_MS) {
		if (kept.fingerprint !== fingerprint)
			throw new StripeError(400, {
				type: 'idempotency_error',
				message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`
			});
		return { status: kept.status, body: kept.body, headers: { 'idempotent-replayed': 'true' } };
	}
	let answer: Answer;
	try {
		answer = work();
	} catch (error) {
		if (!(error instanceof StripeError) || !error.executed) throw error;
		answer = errorAnswer(error, 'req_replayed');
	}
	world.idempotency.set(slot, { fingerprint, status: answer.status, body: answer.body, at: world.now() });
	return answer;
}
