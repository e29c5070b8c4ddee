// Counters that hold across processes. Keys are hashed: an address is never written here.
import { eq, sql } from 'drizzle-orm';
import { RateLimiterDrizzle, type RateLimiterRes } from 'rate-limiter-flexible';
import { sha256 } from '../identity.ts';
import { countedAs } from '../network.ts';
import { requestContext } from '../request-context.ts';
import type { Clock } from '../clock.ts';
import type { Database } from './database.ts';
import { noteSecurityEvent, whoIs } from './security-events.ts';
import { rateLimit } from './schema/index.ts';

/** points per duration in seconds. */
const LIMITS = {
	// Asking for a mail: by the network address, or by a browser where somebody has signed in before. Whoever then signs in gives it back: an office, a school or a
	// telephone network behind one address is not counted, only what comes to nothing.
	sign_in_ip: { points: 120, duration: 900 },
	sign_in_browser: { points: 30, duration: 900 },
	// Mails to one address. Strangers share the first three: four at once, ten in six hours, and then one an hour, always: 64 a day at most, and never none.
	sign_in_mail: { points: 4, duration: 900 },
	sign_in_mail_long: { points: 10, duration: 21_600 },
	sign_in_mail_slow: { points: 1, duration: 3600 },
	sign_in_mail_known: { points: 10, duration: 900 },
	// Silences nobody: beyond it, people are told.
	sign_in_supplier: { points: 500, duration: 3600 },
	// Wrong answers: right ones are given back.
	passkey: { points: 60, duration: 900 },
	// Wrong codes.
	sign_in_code: { points: 10, duration: 900 },
	sign_in_code_ip: { points: 60, duration: 900 },
	pay_link_lookup: { points: 120, duration: 300 },
	// Looks at the rules of points, which ask for nothing but a supplier's name: found or not.
	rules_page: { points: 120, duration: 300 },
	page_report: { points: 60, duration: 600 },
	pay_link_renewal: { points: 3, duration: 3600 },
	payment: { points: 30, duration: 600 },
	// Tries that a bank has not accepted (use-cases/payments/limit-attempts.ts). Three bad cards in a row are far below each of them.
	try_link_hour: { points: 10, duration: 3600 },
	try_link_day: { points: 20, duration: 86_400 },
	try_invoice_hour: { points: 15, duration: 3600 },
	try_invoice_day: { points: 30, duration: 86_400 },
	try_person_hour: { points: 30, duration: 3600 },
	try_person_day: { points: 100, duration: 86_400 },
	try_address_hour: { points: 60, duration: 3600 },
	try_address_day: { points: 200, duration: 86_400 },
	try_supplier_hour: { points: 200, duration: 3600 },
	try_supplier_day: { points: 1000, duration: 86_400 },
	// Owners are told that cards are tried.
	try_alarm: { points: 1, duration: 43_200 },
	api: { points: 600, duration: 60 },
	security_note: { points: 30, duration: 600 }
} as const;
export type LimitName = keyof typeof LIMITS;
export type Place = 'free' | 'reached' | 'over';
export type Limits = {
	/** `true` while the caller may go on. The first refusal of each window is noted in the security log. */
	take(name: LimitName, key: string): Promise<boolean>;
	/** The same, telling the first refusal from those that follow; notes nothing. */
	spend(name: LimitName, key: string): Promise<Place>;
	/** What was taken turned out harmless. */
	giveBack(name: LimitName, key: string): Promise<void>;
};

export function openLimits(db: Database, clock: Clock): Limits {
	const limiters = new Map<LimitName, RateLimiterDrizzle>();
	const limiterOf = (name: LimitName): RateLimiterDrizzle => {
		let limiter = limiters.get(name);
		if (!limiter) {
			limiter = new RateLimiterDrizzle({
				storeClient: db.system,
				schema: rateLimit,
				...LIMITS[name],
				keyPrefix: name
			} as never);
			limiters.set(name, limiter);
		}
		return limiter;
	};
	const spend = async (name: LimitName, key: string): Promise<Place> => {
		try {
			await limiterOf(name).consume(sha256(countedAs(key)).slice(0, 32));
			return 'free';
		} catch (rejected) {
			if (rejected instanceof Error) throw rejected;
			return (rejected as RateLimiterRes).consumedPoints === LIMITS[name].points + 1 ? 'reached' : 'over';
		}
	};
	return {
		spend,
		// Never below nothing: what was taken in a window that is over is no credit in the next.
		giveBack: async (name, key) =>
			void (await db.system
				.update(rateLimit)
				.set({ points: sql`greatest(${rateLimit.points} - 1, 0)` })
				.where(eq(rateLimit.key, `${name}:${sha256(countedAs(key)).slice(0, 32)}`))),
		take: async (name, key) => {
			const place = await spend(name, key);
			if (place === 'reached')
				await noteSecurityEvent(db.system, clock.now(), {
					...whoIs(requestContext()?.scope ?? null),
					kind: 'limit_reached',
					detail: { limit: name }
				});
			return place === 'free';
		}
	};
}
