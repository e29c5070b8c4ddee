// Column kinds that every table shares. Money is bigint minor units; instants are timestamptz; days are dates.
import { bigint, customType, date, timestamp, uuid } from 'drizzle-orm/pg-core';
import type { CivilDate } from '../../../domain/calendar/civil-date.ts';
import type { Minor } from '../../../domain/money/minor.ts';

export const id = () => uuid().notNull();
export const optionalId = () => uuid();
export const money = () => bigint({ mode: 'bigint' }).notNull().$type<Minor>();
export const instant = () => timestamp({ withTimezone: true, precision: 3 }).notNull();
export const optionalInstant = () => timestamp({ withTimezone: true, precision: 3 });
export const day = () => date({ mode: 'string' }).notNull().$type<CivilDate>();
export const optionalDay = () => date({ mode: 'string' }).$type<CivilDate>();
export const bytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => 'bytea' });
/** Transaction number: what makes the outbox cursor safe, see outbox.ts. */
export const xid8 = customType<{ data: string; driverData: string }>({ dataType: () => 'xid8' });
