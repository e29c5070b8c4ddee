// The smallest server that does the webhook's work: verify the signature, insert once.
import http from 'node:http';
import { wallClock } from '#lib/server/clock.ts';
import { readConfig } from '#lib/server/config.ts';
import { openLog } from '#lib/server/log.ts';
import { receiveEvent } from '#lib/server/use-cases/payments/receive-event.ts';
import { buildServices } from '#lib/server/wiring.ts';

const services = buildServices(readConfig(process.env), wallClock, openLog('silent'));

async function answer(req: http.IncomingMessage): Promise<string> {
	const parts: Buffer[] = [];
	for await (const part of req) parts.push(part as Buffer);
	return parts.length
		? receiveEvent(services, Buffer.concat(parts).toString(), String(req.headers['stripe-signature']))
		: 'up';
}
http
	.createServer(
		(req, res) =>
			void answer(req).then(
				(body) => res.end(body),
				() => res.writeHead(500).end()
			)
	)
	.listen(Number(process.env.PORT), '127.0.0.1');
