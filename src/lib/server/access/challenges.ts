// What a passkey has to sign. A challenge is signed by us instead of stored, so that showing a page writes nothing: 16 random bytes, its end, and a proof
// over these, its purpose and the browser. It serves once: answering it leaves its hash until the end, and the second answer finds it (WebAuthn 13.4.3).
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Config } from '../config.ts';
import { sha256 } from '../identity.ts';
import type { Database } from '../store/database.ts';
import { useChallenge } from '../store/passkeys.ts';

const LIFE_MS = 5 * 60_000;
const RANDOM_BYTES = 16;
const END_BYTES = 6;
const SIGNED_BYTES = RANDOM_BYTES + END_BYTES;
/** What it is for, whom it is shown to (a member, or anybody who signs in), and in which browser. */
export type Occasion = { purpose: 'sign_in' | 'register' | 'confirm'; who: string; browserSecret: string };

const proofOf = ({ secret }: Pick<Config, 'secret'>, { purpose, who, browserSecret }: Occasion, body: Buffer): Buffer =>
	createHmac('sha256', secret)
		.update(`passkey challenge ${purpose} ${who} ${sha256(browserSecret)} `)
		.update(body)
		.digest();

export function mintChallenge(config: Pick<Config, 'secret'>, occasion: Occasion, now: Date): Uint8Array<ArrayBuffer> {
	const end = Buffer.alloc(END_BYTES);
	end.writeUIntBE(now.getTime() + LIFE_MS, 0, END_BYTES);
	const body = Buffer.concat([randomBytes(RANDOM_BYTES), end]);
	return Uint8Array.from(Buffer.concat([body, proofOf(config, occasion, body)]));
}

/** `true` once, for a challenge of ours that was made for this occasion and has not ended. */
export async function takeChallenge(
	{ db, config, now }: { db: Database; config: Pick<Config, 'secret'>; now: Date },
	occasion: Occasion,
	given: string
): Promise<boolean> {
	const bytes = Buffer.from(given, 'base64url');
	const body = bytes.subarray(0, SIGNED_BYTES);
	const expected = proofOf(config, occasion, body);
	const proof = bytes.subarray(SIGNED_BYTES);
	if (proof.length !== expected.length || !timingSafeEqual(proof, expected)) return false;
	const expiresAt = new Date(body.readUIntBE(RANDOM_BYTES, END_BYTES));
	return expiresAt > now && useChallenge(db, sha256(bytes), expiresAt);
}
