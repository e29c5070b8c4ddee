// Random things: ids that sort by time, secrets of 256 bits, and their hashes.
import { createHash, createHmac, randomBytes, randomInt, randomUUID } from 'node:crypto';

let [last, count] = [0, 0];
const IN_A_MILLISECOND = 0xfff;
/** UUIDv7 (RFC 9562, 6.2 method 1): 48 bits of milliseconds, how many came before it in the same one, then random. Of one process, each sorts behind the one before. */
export function newId(): string {
	const now = Date.now();
	if (now > last) [last, count] = [now, 0];
	else if (count < IN_A_MILLISECOND) count += 1;
	else [last, count] = [last + 1, 0];
	const time = last.toString(16).padStart(12, '0');
	return `${time.slice(0, 8)}-${time.slice(8)}-7${count.toString(16).padStart(3, '0')}${randomUUID().slice(18)}`;
}
/** 256 random bits, safe in a URL. */
export const newSecret = (): string => randomBytes(32).toString('base64url');
/** A code of six digits. */
export const newCode = (): string => String(randomInt(1_000_000)).padStart(6, '0');
export const sha256 = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');

/** A short proof that we wrote `text`: 80 bits, in hexadecimal. */
export const proofOf = (secret: string, text: string): string =>
	createHmac('sha256', secret).update(text).digest('hex').slice(0, 20);

/** An address as the security log keeps it: whether it is the same again, and not which (a plain hash of an address is soon guessed). */
export const emailHash = (secret: string, email: string): string =>
	createHmac('sha256', secret).update(`email:${email}`).digest('hex').slice(0, 32);
