// The smallest server that does the same work: the pay page's and the list's queries with a page of the same kind, the webhook's verify and insert.
import http from 'node:http';
import { readConfig } from '#lib/server/config.ts';
import { openLog } from '#lib/server/log.ts';
import { openPayLink } from '#lib/server/access/scopes.ts';
import { mintScope } from '#lib/domain/access/scope.ts';
import { buildServices } from '#lib/server/wiring.ts';
import { receiveEvent } from '#lib/server/use-cases/payments/receive-event.ts';
import { readPayView } from '#lib/server/use-cases/payments/read-pay-view.ts';
import { readPortal } from '#lib/server/use-cases/invoices/read-portal.ts';
import { wallClock } from '#lib/server/clock.ts';

const services = buildServices(readConfig(process.env), wallClock, openLog('silent'));
const access = await openPayLink(services, process.env.BENCH_TOKEN!);
if (access?.state !== 'live' || access.scope.actor.kind !== 'pay_link') throw new Error('no live link');
const contact = mintScope(access.scope.supplierId, {
	kind: 'contact',
	contactId: access.scope.actor.contactId,
	clientId: access.scope.clientId!
});
const page = (rows: unknown): string =>
	`<!doctype html><html lang="fr"><title>x</title><pre>${JSON.stringify(rows, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v)).replace(/</g, '&lt;')}</pre></html>`;

async function answer(url: string, req: http.IncomingMessage): Promise<string> {
	if (url === '/pay') {
		const live = await openPayLink(services, process.env.BENCH_TOKEN!);
		return page(live?.state === 'live' ? await readPayView(services, live.scope, [live.scope.invoiceId!]) : null);
	}
	if (url === '/list') return page(await readPortal(services, contact));
	if (url === '/webhook') {
		const parts: Buffer[] = [];
		for await (const part of req) parts.push(part as Buffer);
		return receiveEvent(services, Buffer.concat(parts).toString(), String(req.headers['stripe-signature']));
	}
	return 'up';
}
http
	.createServer(
		(req, res) =>
			void answer(req.url ?? '/', req).then(
				(body) => res.setHeader('content-type', 'text/html').end(body),
				() => res.writeHead(500).end()
			)
	)
	.listen(Number(process.env.PORT), '127.0.0.1');
