// The least that a stream of news costs a Node server: a response that stays open and is told a beat, and nothing else. Prints its port.
import http from 'node:http';
import type { AddressInfo } from 'node:net';

const open = new Set<http.ServerResponse>();
const server = http.createServer((_, response) => {
	response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
	response.write('retry: 2000\nevent: beat\ndata: 1\n\n');
	open.add(response);
	response.on('close', () => open.delete(response));
});
setInterval(() => {
	for (const response of open) response.write('event: beat\ndata: 1\n\n');
}, 15_000).unref();
server.listen(0, '127.0.0.1', () => console.info((server.address() as AddressInfo).port));
