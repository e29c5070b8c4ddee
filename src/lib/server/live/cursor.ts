// The place in the news that a browser is told: sealed for whom it was made. The place itself counts the transactions of everybody, and would tell one
// supplier how busy the others are. Sealed anew each time, always of one length: two of them can't even be compared.
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { Scope } from '../../domain/access/scope.ts';
import { isCursor } from '../store/outbox.ts';

export type CursorSeal = {
	seal(scope: Scope, cursor: string): string;
	/** Null for what was not sealed here, or for somebody else: its reader begins with what comes next. */
	open(scope: Scope, sealed: string | null): string | null;
};
const [IV, TAG, TEXT] = [12, 16, 40];

export function cursorSeal(secret: string): CursorSeal {
	const key = createHmac('sha256', secret).update('live cursor').digest();
	const readerOf = ({ supplierId, clientId, invoiceId }: Scope) =>
		Buffer.from([supplierId, clientId ?? '', invoiceId ?? ''].join(' '));
	return {
		seal(scope, cursor) {
			const iv = randomBytes(IV);
			const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(readerOf(scope));
			const sealed = Buffer.concat([cipher.update(cursor.padEnd(TEXT)), cipher.final()]);
			return Buffer.concat([iv, sealed, cipher.getAuthTag()]).toString('base64url');
		},
		open(scope, sealed) {
			const bytes = Buffer.from(sealed ?? '', 'base64url');
			if (bytes.length !== IV + TEXT + TAG) return null;
			const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV), { authTagLength: TAG })
				.setAAD(readerOf(scope))
				.setAuthTag(bytes.subarray(IV + TEXT));
			try {
				const text = Buffer.concat([decipher.update(bytes.subarray(IV, IV + TEXT)), decipher.final()])
					.toString()
					.trim();
				return isCursor(text) ? text : null;
			} catch {
				return null;
			}
		}
	};
}
