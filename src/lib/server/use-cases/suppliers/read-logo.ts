// A logo by its address, for anybody who has it: pages without a sign-in and mails show it. It is no secret, and nothing else is read.
import type { LogoType } from '../../../domain/identity/logo.ts';
import type { Services } from '../../services.ts';
import { findPublicLogo } from '../../store/logos.ts';

/** null: no supplier shows such a picture (any more), or the address is none. */
export const readLogo = async (
	{ db }: Services,
	sha256: string
): Promise<{ mediaType: LogoType; content: Uint8Array } | null> =>
	/^[0-9a-f]{64}$/.test(sha256) ? findPublicLogo(db, sha256) : null;
