// A form on its way is not sent a second time; once it was answered, or could not be, the next click counts.
import type { SubmitFunction } from '@sveltejs/kit';
import { expect, test } from 'vitest';
import { sendOnce } from '#lib/client/send-once.ts';

type Input = Parameters<SubmitFunction>[0];
type Answered = Parameters<Exclude<Awaited<ReturnType<SubmitFunction>>, void>>[0];

/** A click: what is to be called with the answer, or nothing where it was not sent. */
async function click(send: SubmitFunction) {
	let isCancelled = false;
	const answered = await send({ cancel: () => void (isCancelled = true) } as Input);
	return isCancelled
		? null
		: (update: () => Promise<void>) =>
				answered?.({ result: { type: 'success', status: 200 }, update } as unknown as Answered);
}

test('a second click on the way is not sent; after the answer it is', async () => {
	const done: string[] = [];
	const send = sendOnce(async ({ type }) => void done.push(type));
	const first = await click(send);
	expect(await click(send)).toBeNull();
	await first?.(async () => {});
	expect(done).toEqual(['success']);
	expect(await click(send)).not.toBeNull();
});
test('a page that can’t be brought up to date takes the next click all the same', async () => {
	const send = sendOnce(async () => {});
	const first = await click(send);
	await expect(first?.(() => Promise.reject(new Error('Failed to fetch')))).rejects.toThrow();
	expect(await click(send)).not.toBeNull();
});
