// The second origin: script, frames, 3-D Secure page. The application's page can't read what is typed here.
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { World } from './world.ts';

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), 'browser');
const FILES: Record<string, [file: string, type: string]> = {
	'/endive/stripe.js': ['stripe.js', 'text/javascript'],
	'/frame': ['frame.html', 'text/html'],
	'/frame.js': ['frame.js', 'text/javascript'],
	'/3ds': ['challenge.html', 'text/html'],
	'/challenge.js': ['challenge.js', 'text/javascript'],
	'/express': ['express.html', 'text/html'],
	'/express.js': ['express.js', 'text/javascript'],
	'/sheet': ['sheet.html', 'text/html'],
	'/sheet.js': ['sheet.js', 'text/javascript']
};

export function scriptServer(world: World, options: { apiUrl: string; jsUrl: string; appOrigin: string }): Server {
	return createServer((req, res) => {
		const url = new URL(req.url ?? '/', options.jsUrl);
		const found = FILES[url.pathname];
		const fault = world.faults.find(
			(candidate) => candidate.match.path && new RegExp(candidate.match.path).test(url.pathname)
		);
		const reply = () => {
			const mandate = /^\/mandate\/(\w+)$/.exec(url.pathname);
			if (mandate)
				return void res
					.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
					.end(`<!doctype html><title>Mandat</title><p>Mandat SEPA simulé ${mandate[1]}</p>`);
			if (!found || fault?.do.status) return void res.writeHead(fault?.do.status ?? 404).end();
			const settings = `window.__PONCTUEL_SANDBOX__=${JSON.stringify({
				api: options.apiUrl,
				origin: new URL(options.jsUrl).origin,
				appOrigin: options.appOrigin,
				wallets: world.forced.wallets?.split(',') ?? []
			})};\n`;
			const content = readFileSync(path.join(folder, found[0]), 'utf8');
			res.writeHead(200, {
				'content-type': `${found[1]}; charset=utf-8`,
				'cache-control': 'no-cache',
				'x-content-type-options': 'nosniff',
				...(found[1] === 'text/html' ? { 'content-security-policy': `frame-ancestors ${options.appOrigin}` } : {})
			});
			res.end(found[1] === 'text/javascript' ? settings + content : content);
		};
		if (fault?.do.drop) req.socket.destroy();
		else setTimeout(reply, fault?.do.latency_ms ?? 0);
	});
}
