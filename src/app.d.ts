// What a request carries once the hooks have looked at it.
import type { Subject } from '#lib/server/access/sessions.ts';
import type { Scope } from '#lib/domain/access/scope.ts';

declare global {
	namespace App {
		interface Locals {
			requestId: string;
			/** Where the request comes from; null when it came round the proxy that should say so (a health check). */
			address: string | null;
			locale: 'fr' | 'en';
			scope: Scope | null;
			sessionId: string | null;
			/** The name this session is listed under; opens nothing. */
			hereId: string | null;
			subject: Subject | null;
		}
		interface Error {
			message: string;
			requestId?: string;
		}
	}
}
export {};
