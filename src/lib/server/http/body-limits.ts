// How much may come in a body, by who sends it and where: counted in bytes and in fields before anything is parsed.
import { may, type Scope } from '../../domain/access/scope.ts';

export type BodyLimit = { bytes: number; fields: number };
/** Above it nothing is read at all (BODY_SIZE_LIMIT of the adapter, and the proxy in front: runbook). */
const FILES_BYTES = 64 * 1024 * 1024;
export const LIMITS = {
	/** Anybody: an address, a code, an answer; the JSON of a pay page. */
	small: { bytes: 32 * 1024, fields: 200 },
	/** A supplier's person: an offer, the columns of some lists, many ticks. */
	member: { bytes: 256 * 1024, fields: 2000 },
	files: { bytes: FILES_BYTES, fields: 2000 },
	/** A picture as it comes from a camera: far too heavy for a logo, which is said beside the field. */
	picture: { bytes: 16 * 1024 * 1024, fields: 20 },
	/** Stripe's events are far below. */
	stripe: { bytes: 512 * 1024, fields: 0 },
	/** A bounce brings the mail back that it is about, with its invoice. */
	bounce: { bytes: 1024 * 1024, fields: 0 },
	/** What a browser refused on a page. */
	report: { bytes: 16 * 1024, fields: 0 }
} satisfies Record<string, BodyLimit>;

const BY_SIGNATURE: Record<string, BodyLimit> = {
	'/webhooks/stripe': LIMITS.stripe,
	'/webhooks/mail': LIMITS.bounce,
	'/webhooks/csp': LIMITS.report
};
const TAKES_FILES = new Set(['/(admin)/admin/import', '/(admin)/admin/import/depot', '/(admin)/admin/banque']);
const TAKES_A_PICTURE = '/(admin)/admin/reglages/identite';
export const TAKES_FILES_BY_KEY = new Set(['/api/v1/invoices', '/api/v1/imports']);

/** Files only from somebody who is known, and who may bring them. (A key is looked at before: input.ts.) */
export function bodyLimitOf(route: string | null, scope: Scope | null): BodyLimit {
	if (route === null) return LIMITS.small;
	if (BY_SIGNATURE[route]) return BY_SIGNATURE[route];
	if (TAKES_FILES_BY_KEY.has(route)) return LIMITS.files;
	if (scope?.actor.kind !== 'member' || !route.startsWith('/(admin)/')) return LIMITS.small;
	if (route === TAKES_A_PICTURE) return may(scope.actor, 'set_logo') ? LIMITS.picture : LIMITS.member;
	const mayBring = may(scope.actor, 'import_invoices') || may(scope.actor, 'book_transfers');
	return TAKES_FILES.has(route) && mayBring ? LIMITS.files : LIMITS.member;
}
/** Bodies that are verified or read as they are. */
export const isRaw = (route: string | null): boolean =>
	route !== null && (route in BY_SIGNATURE || TAKES_FILES_BY_KEY.has(route));
