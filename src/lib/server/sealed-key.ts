// Keys to other houses, at rest: AES-256-GCM under a key made from PONCTUEL_SECRET, bound to its purpose and to whose it is. A sealed key that was moved to
// another row, or whose secret was changed, opens to nothing.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const [IV, TAG] = [12, 16];
const keyOf = (secret: string, purpose: string): Uint8Array =>
	new Uint8Array(hkdfSync('sha256', secret, 'ponctuel', `sealed key: ${purpose}`, 32));

export function sealKey(secret: string, purpose: string, owner: string, text: string): Uint8Array {
	const iv = randomBytes(IV);
	const cipher = createCipheriv('aes-256-gcm', keyOf(secret, purpose), iv).setAAD(Buffer.from(owner));
	return new Uint8Array(Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]));
}

/** null: not sealed here, not for this owner, or under another secret. */
export function openKey(secret: string, purpose: string, owner: string, sealed: Uint8Array): string | null {
	if (sealed.length <= IV + TAG) return null;
	const bytes = Buffer.from(sealed);
	const decipher = createDecipheriv('aes-256-gcm', keyOf(secret, purpose), bytes.subarray(0, IV), {
		authTagLength: TAG
	})
		.setAAD(Buffer.from(owner))
		.setAuthTag(bytes.subarray(bytes.length - TAG));
	try {
		return decipher.update(bytes.subarray(IV, bytes.length - TAG), undefined, 'utf8') + decipher.final('utf8');
	} catch {
		return null;
	}
}
