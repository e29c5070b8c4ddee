// Codes of vouchers as a supplier pastes them, one a line. A code in capitals and the same in small letters is one code: a till takes both, and two clients would
// stand there with it. What can't be added is named by its line, and keeps nothing else from being added.
export const CODES_MAX = 5000;
export const CODE_LENGTH_MAX = 80;

/** `same`: the line on which the same code stands. */
export type LeftOut = { line: number; text: string } & (
	{ why: 'empty' | 'too_long' | 'known' } | { why: 'twice'; same: number }
);
export type CodeLine = { line: number; code: string };

/** What nobody sees, and a spreadsheet or a mail puts there. */
const UNSEEN = /[\u00AD\u200B-\u200D\u2060\uFEFF]/g;
/** By what two codes are the same; the database says so once more. */
const keyOf = (code: string): string => code.toLowerCase();

/** null: more lines than are read at once. Blank lines at the end are how a list is pasted, and say nothing. */
export function readCodes(text: string): { codes: CodeLine[]; leftOut: LeftOut[] } | null {
	const lines = text.split(/\r\n|\r|\n/).map((line) => line.replace(UNSEEN, '').trim().normalize('NFC'));
	while (lines.length && !lines.at(-1)) lines.pop();
	if (lines.length > CODES_MAX) return null;
	const codes: CodeLine[] = [];
	const leftOut: LeftOut[] = [];
	const lineOf = new Map<string, number>();
	for (const [i, code] of lines.entries()) {
		const at = { line: i + 1, text: code };
		const same = lineOf.get(keyOf(code));
		if (!code) leftOut.push({ ...at, why: 'empty' });
		else if (code.length > CODE_LENGTH_MAX) leftOut.push({ ...at, why: 'too_long' });
		else if (same) leftOut.push({ ...at, why: 'twice', same });
		else {
			lineOf.set(keyOf(code), i + 1);
			codes.push({ line: i + 1, code });
		}
	}
	return { codes, leftOut };
}
