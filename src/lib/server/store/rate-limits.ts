// Counters that hold across processes. Keys are hashed: an address is never written here.
import { RateLimiterDrizzle } from 'rate-limiter-flexible';
import { sha256 } from '../identity.ts';
import type { Database } from './database.ts';
import { rateLimit } from './schema/index.ts';

/** points per duration in seconds. */
const LIMITS = {
	sign_in_address: { points: 5, duration: 900 },
	sign_in_address_day: { points: 30, duration: 86_400 },
	sign_in_ip: { points: 30, duration: 900 },
	sign_in_supplier: { points: 500, duration: 3600 },
	sign_in_code: { points: 10, duration: 900 },
	pay_link_lookup: { points: 120, duration: 300 },
	pay_link_renewal: { points: 3, duration: 3600 },
	payment: { points: 30, duration: 600 },
	api: { points: 600, duration: 60 }
} as const;
export type LimitName = keyof typeof LIMITS;
export type Limits = {
	/** `true` while the caller may go on. */
	take(name: LimitName, key: string): Promise<boolean>;
};

export function openLimits(db: Database): Limits {
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
	return {
		take: async (name, key) => {
			try {
				await limiterOf(name).consume(sha256(key).slice(0, 32));
				return true;
			} catch (rejected) {
				if (rejected instanceof Error) throw rejected;
				return false;
			}
		}
	};
}
