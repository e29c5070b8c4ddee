// No kind of news is forgotten, and no page under a live stream: each says what it shows, or it would stay as it was.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { staleAfter, TOPICS } from '#lib/domain/news/topics.ts';
import { outbox } from '#lib/server/store/schema/index.ts';

const ROUTES = 'src/routes';
const walk = (folder: string): string[] =>
	readdirSync(folder, { withFileTypes: true }).flatMap((one) =>
		one.isDirectory() ? walk(path.join(folder, one.name)) : [path.join(folder, one.name)]
	);
const read = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');
const files = walk(ROUTES);
/** Without a place to begin at, any news read all of a page: so does the pay page. */
const listens = (screen: string): boolean => /<LiveStatus[^>]* since=/.test(read(screen));

/** A load that runs with a stream open: its page listens, or a layout around it does; that of a layout, whenever a page within listens. */
function isUnderStream(load: string): boolean {
	const folder = path.dirname(load);
	const around: string[] = [];
	for (let at = folder; at.startsWith(ROUTES); at = path.dirname(at)) around.push(at);
	return (
		around.some((at) => listens(path.join(at, '+layout.svelte'))) ||
		(path.basename(load).startsWith('+layout')
			? files.some((file) => file.startsWith(`${folder}/`) && file.endsWith('.svelte') && listens(file))
			: listens(path.join(folder, '+page.svelte')))
	);
}
const loads = files.filter(
	(file) => /\+(page|layout)(\.server)?\.ts$/.test(file) && /export (const|(async )?function) load\b/.test(read(file))
);
const followers = loads.filter(isUnderStream);

test('each kind of news of the product makes something stale', () => {
	const kinds = outbox.kind.enumValues;
	expect(kinds.length).toBeGreaterThan(10);
	for (const kind of kinds) {
		const topics = staleAfter(kind);
		expect([kind, topics.length > 0, topics.filter((topic) => !TOPICS.includes(topic))]).toEqual([kind, true, []]);
	}
	// A topic that nothing makes stale: whoever follows it alone is never read again.
	expect(TOPICS.filter((topic) => !kinds.some((kind) => staleAfter(kind).includes(topic)))).toEqual([]);
});
test('each screen of the supplier and of signed-in clients that listens says from where', () => {
	const screens = files.filter(
		(file) => /\((admin|portal)\).*\.svelte$/.test(file) && read(file).includes('<LiveStatus')
	);
	expect(screens.length).toBeGreaterThan(5);
	expect(screens.filter((file) => !listens(file))).toEqual([]);
});
test('each load under a live stream says what it shows', () => {
	expect(followers.length).toBeGreaterThan(25);
	const onServer = followers.filter((file) => file.endsWith('.server.ts'));
	expect(onServer.filter((file) => !/\bfollows(Client)?\(event[,)]/.test(read(file)))).toEqual([]);
	// One that runs in the browser as well is run again with the data of its server.
	const inBrowser = followers.filter((file) => !file.endsWith('.server.ts'));
	expect(inBrowser.filter((file) => !/load: \w+ = (async )?\(\{ data \}\)/.test(read(file)))).toEqual([]);
});
test('no load waits for the one above it, with which it would be read again', () => {
	expect(loads.filter((file) => /\bparent\(\)/.test(read(file)))).toEqual([]);
});
