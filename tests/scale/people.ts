// Who comes to the product through nginx: payers, who ask until they are answered; readers, who click once; and pages that listen.
import http from 'node:http';
import { ask, jsonOf, pause } from '#scripts/chaos/ask.ts';
import { optionsOf, tokenFor } from '#scripts/chaos/payers.ts';
import { fromOf, type Scene } from '#scripts/chaos/scene.ts';
import type { Bill } from '#scripts/chaos/world.ts';

const AGAIN_MS = 300;

/** Pays the whole by card, and asks again with the same words while nobody answers. Resolves with what was said in the end. */
export async function pay(scene: Scene, bill: Bill): Promise<string> {
	const { dice, stage } = scene;
	let option;
	for (let look = 0; !option && look < 60; look++) {
		option = (await optionsOf(scene, bill)).find(({ kind }) => kind === 'now');
		if (!option) await pause(AGAIN_MS);
	}
	if (!option) return 'no price';
	const body = JSON.stringify({
		attemptId: dice.uuid(),
		confirmationTokenId: await tokenFor(scene, bill.seller, 'pm_card_visa'),
		invoiceIds: [bill.invoiceId],
		option: option.kind,
		expectedAmountMinor: option.due_now_minor
	});
	const from = fromOf(dice);
	for (let time = 1; ; time++) {
		const answer = await ask(`${stage.webs[0]}/p/${bill.token}/payer`, {
			method: 'POST',
			from,
			headers: { origin: stage.origin, 'content-type': 'application/json' },
			body
		});
		scene.count(`payers answered ${answer.status}`);
		if (answer.status > 0 && answer.status < 500) return jsonOf<{ status: string }>(answer)?.status ?? answer.body;
		if (time === 60) return `status ${answer.status}`;
		await pause(AGAIN_MS);
	}
}

/** A person who opens the link of a mail: one click, no second try. */
export async function click({ stage, dice }: Scene, bill: Bill): Promise<{ status: number; ms: number }> {
	const started = performance.now();
	const from = fromOf(dice);
	let [url, cookie] = [`${stage.webs[0]}/p/${bill.token}`, 'seen=before'];
	for (let hop = 0; ; hop++) {
		const { status, headers } = await ask(url, { from, headers: { cookie, accept: 'text/html' } });
		if (status !== 303 || hop === 4) return { status, ms: Math.round(performance.now() - started) };
		cookie = [cookie, ...(headers['set-cookie'] ?? []).map((one) => one.split(';')[0])].join('; ');
		url = new URL(headers.location!, url).href;
	}
}

export type Stream = {
	/** When each thing was said, by `performance.now()`. */
	said: { at: number; event: string }[];
	openedMs: number | null;
	endedAt: number | null;
	close(): void;
};
/** The page of a bill that listens, on one connection for as long as it lasts: it never comes back by itself. */
export function listen({ stage, dice }: Scene, bill: Bill): Stream {
	const { hostname, port } = new URL(stage.webs[0]!);
	const started = performance.now();
	const request = http.get({
		hostname,
		port,
		path: `/p/${bill.token}/live`,
		agent: false,
		localAddress: fromOf(dice),
		headers: { accept: 'text/event-stream' }
	});
	const stream: Stream = { said: [], openedMs: null, endedAt: null, close: () => request.destroy() };
	const end = () => void (stream.endedAt ??= performance.now());
	let rest = '';
	request.on('error', end).on('response', (response) => {
		response.on('data', (part: Buffer) => {
			stream.openedMs ??= Math.round(performance.now() - started);
			const frames = (rest + part.toString()).split('\n\n');
			rest = frames.pop()!;
			for (const frame of frames)
				stream.said.push({ at: performance.now(), event: /^event: (\w+)/m.exec(frame)?.[1] ?? '' });
		});
		response.on('error', end).on('close', end);
	});
	return stream;
}
