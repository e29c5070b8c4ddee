// One address is one recipient: what counts as an e-mail address here, for files, forms and mails alike. Stricter than RFC 5322 on purpose: what another
// program may take for a list, a group, a route or a header is no address.

/** The dot-atom of RFC 5321, without `%` and `!`: relays read routes in them. */
const LOCAL = /^(?=.{1,64}$)[a-z0-9#$&'*+/=?^_{|}~-]+(\.[a-z0-9#$&'*+/=?^_{|}~-]+)*$/;
/** At least two labels, the last not a number. A domain of other letters stands in its `xn--` form, which can't be taken for another. */
const DOMAIN = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const LENGTH_MAX = 254; // RFC 5321, 4.5.3.1.3, without the angle brackets

/**
 * In small letters, or null. Only plain spaces around it are forgiven. Letters outside ASCII are refused rather than turned into punycode: a Cyrillic
 * `а` looks like a Latin one, and nobody compares code points.
 */
export function mailboxOf(written: string | null | undefined): string | null {
	const text = (written ?? '').replace(/^ +| +$/g, '').toLowerCase();
	if (text.length > LENGTH_MAX) return null;
	const at = text.lastIndexOf('@');
	return at > 0 && LOCAL.test(text.slice(0, at)) && DOMAIN.test(text.slice(at + 1)) ? text : null;
}
