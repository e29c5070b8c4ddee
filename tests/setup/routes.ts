// Every route of the product, found in src/routes, and a way to ask one as a browser would: through the hooks, to the route's own function, with no build
// and no network. Pages answer with what their loads return.
import { isActionFailure, isHttpError, isRedirect, type Cookies, type Handle, type RequestEvent } from '@sveltejs/kit';
import { with_request_store } from '@sveltejs/kit/internal/server';
import { vi } from 'vitest';
import { openSessions, type Sessions } from '#lib/server/access/sessions.ts';
import { Hub } from '#lib/server/live/hub.ts';
import { handle } from '../../src/hooks.server.ts';
import type { TestHouse } from './house.ts';

/** The house that routes and hooks ask for is this one, with its sessions and its environment, until it is closed. */
export function openDoors({ services, config, environment }: TestHouse): { sessions: Sessions; close(): void } {
	for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
	const sessions = openSessions(services.db, config);
	const { clock } = services;
	const hub = new Hub(services.db, { clock, secret: config.secret, onSignal: () => {}, onProblem: () => {} });
	const holder = globalThis as unknown as { ponctuelHouse?: Promise<unknown> };
	holder.ponctuelHouse = Promise.resolve({ services, sessions, hub, worker: null, demoClock: null });
	return {
		sessions,
		close: () => {
			vi.unstubAllEnvs();
			delete holder.ponctuelHouse;
		}
	};
}

type Run = (event: RequestEvent) => unknown;
export type Endpoint = {
	/** `POST /admin/import/[id]?/confirmer`. */
	name: string;
	/** `/admin/import/[id]`: without the groups in brackets. */
	path: string;
	method: string;
	/** `?/confirmer` of a form action, else ''. */
	action: string;
	run: Run;
};

const MODULES = import.meta.glob('/src/routes/**/+{server,page.server,layout.server}.ts');
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'fallback'];
const pathOf = (file: string): string =>
	file
		.replace(/^\/src\/routes/, '')
		.replace(/\/\+[\w.]+$/, '')
		.replace(/\/\([^)]+\)/g, '') || '/';

export async function findEndpoints(): Promise<Endpoint[]> {
	const files = await Promise.all(
		Object.entries(MODULES).map(async ([file, load]) => ({ file, module: (await load()) as Record<string, unknown> }))
	);
	const layouts = files.filter(({ file }) => file.endsWith('+layout.server.ts'));
	return files.flatMap(({ file, module }): Endpoint[] => {
		const path = pathOf(file);
		const endpoint = (method: string, action: string, run: Run) => ({
			name: `${method} ${path}${action}`,
			path,
			method,
			action,
			run
		});
		if (file.endsWith('+server.ts'))
			return METHODS.filter((method) => method in module).map((method) => endpoint(method, '', module[method] as Run));
		if (!file.endsWith('+page.server.ts')) return [];
		const above = layouts.filter((one) => file.startsWith(one.file.replace('+layout.server.ts', '')));
		const loads = [...above.map((one) => one.module), module].flatMap(({ load }) => (load ? [load as Run] : []));
		const actions = Object.entries((module.actions ?? {}) as Record<string, Run>);
		return [
			endpoint('GET', '', async (event) => Promise.all(loads.map(async (load) => load(event)))),
			...actions.map(([name, run]) => endpoint('POST', name === 'default' ? '' : `?/${name}`, run))
		];
	});
}

export type Asked = {
	origin: string;
	params: Record<string, string>;
	query?: string;
	headers: Record<string, string>;
	body?: BodyInit;
	address?: string;
	/** What a page's loads say they depend on. */
	depends?: (...addresses: string[]) => void;
};
export async function askEndpoint(endpoint: Endpoint, asked: Asked): Promise<Response> {
	const path = endpoint.path.replace(/\[(\w+)\]/g, (_, name: string) => encodeURIComponent(asked.params[name]!));
	const url = new URL(`${asked.origin}${path}${asked.query ?? endpoint.action}`);
	const { method } = endpoint;
	const request = new Request(url, {
		method,
		headers: asked.headers,
		...(asked.body !== undefined ? { body: asked.body } : {})
	});
	const event = {
		request,
		url,
		params: asked.params,
		route: { id: endpoint.path },
		cookies: cookiesOf(asked.headers.cookie ?? ''),
		locals: {},
		getClientAddress: () => asked.address ?? '192.0.2.1',
		setHeaders: () => {},
		depends: asked.depends ?? (() => {}),
		fetch,
		isDataRequest: false,
		isSubRequest: false,
		isRemoteRequest: false,
		platform: undefined,
		tracing: { enabled: false, root: SPAN, current: SPAN }
	} as unknown as RequestEvent;
	const resolve: Parameters<Handle>[0]['resolve'] = async (at) => responseOf(() => endpoint.run(at));
	return with_request_store({ event, state: STATE }, async () => handle({ event, resolve }));
}

const SPAN = { setAttribute: () => {}, setAttributes: () => {} };
const STATE = {
	tracing: { record_span: ({ fn }: { fn: (span: unknown) => unknown }) => fn(SPAN) },
	handleValidationError: () => ({ message: 'Bad Request' })
};

/** What SvelteKit makes of what a load, an action or an endpoint gives back or throws. */
async function responseOf(run: () => unknown): Promise<Response> {
	try {
		const value = await run();
		if (value instanceof Response) return value;
		return isActionFailure(value) ? jsonOf(value.data, value.status) : jsonOf(value, 200);
	} catch (thrown) {
		if (isRedirect(thrown))
			return new Response(null, { status: thrown.status, headers: { location: thrown.location } });
		if (isHttpError(thrown)) return jsonOf(thrown.body, thrown.status);
		return jsonOf({ message: String(thrown) }, 500);
	}
}
const jsonOf = (value: unknown, status: number): Response =>
	new Response(
		JSON.stringify(value ?? null, (_, one: unknown) => (typeof one === 'bigint' ? String(one) : one)),
		{ status, headers: { 'content-type': 'application/json' } }
	);

function cookiesOf(header: string): Cookies {
	const jar = new Map(header.split('; ').flatMap((pair) => (pair ? [pair.split('=') as [string, string]] : [])));
	return {
		get: (name) => jar.get(name),
		getAll: () => [...jar].map(([name, value]) => ({ name, value })),
		set: (name, value) => void jar.set(name, value),
		delete: (name) => void jar.delete(name),
		serialize: (name, value) => `${name}=${value}`
	};
}
