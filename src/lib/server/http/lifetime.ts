// Start and end of a process: services up before the first request, streams and worker down before the last.
import { building } from '$app/environment';
import type { ServerInit } from '@sveltejs/kit';
import { house } from '../wiring.ts';
import { setHeadersOfEveryAnswer } from './every-answer.ts';

export const start: ServerInit = async () => {
	if (building) return;
	// The log looks after itself (log.ts); what SvelteKit and Node say goes here, and may find no room either.
	for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
	const { hub, services } = await house();
	setHeadersOfEveryAnswer(services.config.origin);
	for (const warning of services.config.warnings) services.log.warn(warning);
	// Open streams would hold the server until its shutdown limit: they are closed at once, browsers come back elsewhere.
	const end = () => hub.stop();
	process.once('SIGTERM', end).once('SIGINT', end);
	(process as NodeJS.EventEmitter).once('sveltekit:shutdown', async () => {
		await (await house()).close();
		process.exit(0);
	});
	services.log.info({ role: services.config.role, sandbox: services.config.sandbox !== null }, 'ready');
};
