// Names and numbers come from files of others: in a mail they are one line, read in the direction they are written.

/** Line breaks of every kind and control characters, the marks that turn the direction of what follows among them, become one space. */
export const oneLine = (text: string): string =>
	text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim();
