// A form that is on its way is not sent again: a second click changes nothing of the first.
import type { ActionResult, SubmitFunction } from '@sveltejs/kit';

/** What was typed stays; `after` says what else is done once the answer is on the page. */
export function sendOnce(after: (result: ActionResult) => Promise<void>): SubmitFunction {
	let isSending = false;
	return ({ cancel }) => {
		if (isSending) return cancel();
		isSending = true;
		return async ({ result, update }) => {
			try {
				await update({ reset: false });
			} finally {
				// Whatever became of the page, the next click counts.
				isSending = false;
			}
			await after(result);
		};
	};
}
