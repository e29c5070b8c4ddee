// What a use case is handed: database, clock, gateways, log. Built once by wiring.ts; tests build their own.
import type { Logger } from 'pino';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { LoyaltyGateway } from './gateways/loyalty/port.ts';
import type { MailGateway } from './gateways/mail/port.ts';
import type { FileStorage } from './gateways/storage/port.ts';
import type { PaymentGateway } from './gateways/stripe/port.ts';
import type { Database } from './store/database.ts';
import type { Limits } from './store/rate-limits.ts';
import type { Visitors } from './visitors.ts';

export type Services = {
	db: Database;
	clock: Clock;
	config: Config;
	payments: PaymentGateway;
	mail: MailGateway;
	loyalty: LoyaltyGateway;
	/** Where documents lie beside the database; null: their rows carry their bytes. */
	storage: FileStorage | null;
	limits: Limits;
	log: Logger;
	visitors: Visitors;
	/** Tells listeners in every process that something was committed. Coalesced; losing one costs only time. */
	signal(): void;
};
