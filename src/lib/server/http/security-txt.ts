// The text of /.well-known/security.txt (RFC 9116).
import type { Config } from '../config.ts';

/** The RFC asks for less than a year; whoever keeps a copy asks again in a season. */
const GOOD_FOR_MS = 90 * 86_400_000;

export const securityTxt = (
	{ securityContact, origin }: Pick<Config, 'securityContact' | 'origin'>,
	now: Date
): string =>
	[
		`Contact: ${securityContact}`,
		`Expires: ${new Date(now.getTime() + GOOD_FOR_MS).toISOString().slice(0, 10)}T00:00:00Z`,
		'Preferred-Languages: fr, en',
		`Canonical: ${origin}/.well-known/security.txt`,
		''
	].join('\n');
