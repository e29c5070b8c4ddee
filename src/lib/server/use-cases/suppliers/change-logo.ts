// The supplier's logo: put in the place of the one before, or taken away. Actor: an owner; no fresh proof, since a file does not wait for one and no money goes by it. Refusals: not_allowed, logo_refused. Facts: offers.changed.
import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { may, type Scope } from '../../../domain/access/scope.ts';
import { readLogo } from '../../../domain/identity/logo.ts';
import type { Picture } from '../../../domain/identity/picture.ts';
import { sha256 } from '../../identity.ts';
import type { Services } from '../../services.ts';
import { recordAudit } from '../../store/audits.ts';
import type { Tx } from '../../store/database.ts';
import { chooseLogo, deleteLogos, insertLogo, listLogoHashes } from '../../store/logos.ts';
import { recordFact } from '../../store/outbox.ts';
import { noteSecurityEvent, whoIs } from '../../store/security-events.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { commit, done, refuse, type Result } from '../run.ts';

/** Mails already sent show the logo of their day. So many of them are kept, with today's. */
const KEPT = 5;

export async function changeLogo(services: Services, scope: Scope, file: Uint8Array): Promise<Result<null>> {
	if (!may(scope.actor, 'set_logo')) return refuse('not_allowed');
	const found = readLogo(file);
	if (!found.ok) return refuse('logo_refused', { problem: found.problem });
	if (!(await isWhole(found.logo))) return refuse('logo_refused', { problem: 'damaged' });
	const { mediaType, width, height, bytes: content } = found.logo;
	const hash = sha256(content);
	const now = services.clock.now();
	return commit(services, scope, async (tx) => {
		const before = (await getSupplier(tx, scope)).logoSha256;
		await insertLogo(tx, scope, { sha256: hash, mediaType, width, height, content, createdAt: now });
		await chooseLogo(tx, scope, { sha256: hash, width, height });
		const others = (await listLogoHashes(tx, scope)).filter((one) => one !== hash);
		await deleteLogos(tx, scope, others.slice(KEPT - 1));
		await told(services, tx, scope, 'logo_changed', { before: before ?? '', after: hash });
		return done(null);
	});
}

/** Nothing of it stays, nor of those before: what somebody wants to be gone is gone. */
export async function removeLogo(services: Services, scope: Scope): Promise<Result<null>> {
	if (!may(scope.actor, 'set_logo')) return refuse('not_allowed');
	return commit(services, scope, async (tx) => {
		const before = (await getSupplier(tx, scope)).logoSha256;
		await chooseLogo(tx, scope, null);
		await deleteLogos(tx, scope, await listLogoHashes(tx, scope));
		if (before) await told(services, tx, scope, 'logo_removed', { before });
		return done(null);
	});
}

async function told(services: Services, tx: Tx, scope: Scope, action: string, detail: Record<string, string>) {
	const now = services.clock.now();
	await recordAudit(tx, scope, now, action, scope.supplierId, detail);
	await noteSecurityEvent(tx, now, { ...whoIs(scope), kind: 'billing_changed', detail: { what: 'logo' } });
	await recordFact(tx, scope, now, { kind: 'offers.changed', clientId: null, invoiceId: null, attemptId: null });
}

/** Every pixel that a PNG promises is there, and not one more: it is unpacked once, up to that. (A JPEG has no such promise: cut short, it is drawn so far.) */
async function isWhole({ packed }: Picture): Promise<boolean> {
	if (!packed) return true;
	try {
		const pixels = await promisify(inflate)(packed.data, { maxOutputLength: packed.length });
		return pixels.length === packed.length;
	} catch {
		return false;
	}
}
