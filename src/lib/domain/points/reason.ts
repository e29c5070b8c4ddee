// A reason that a client reads, of what was done to its points by hand: words, not a key that was struck to get past the field.
export const REASON_MAX = 300;
const REASON_LETTERS = 3;
/** What a refusal says of it. */
export const REASON_ASKED = { field: 'reason', letters: String(REASON_LETTERS) };

/** As it is kept; null: nothing that anybody could understand, or more than fits. */
export function realReason(text: string): string | null {
	const why = text.trim();
	const letters = why.match(/\p{L}/gu) ?? [];
	return letters.length >= REASON_LETTERS && why.length <= REASON_MAX ? why : null;
}
