// Mails that come back. Each leaves with a return address of its own that only we can have made; a bounce (RFC 3464) arrives at it, and says
// which mail, to whom and why, whatever the text around it looks like.
import { timingSafeEqual } from 'node:crypto';
import { proofOf } from '../identity.ts';

type Keys = { secret: string; mailFrom: string };
const LOCAL = /^retour\+([0-9a-f]{32})\.([0-9a-f]{20})@/;
const compact = (mailId: string): string => mailId.replaceAll('-', '');
const dashed = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
const proof = ({ secret }: Keys, hex: string): string => proofOf(secret, `return address ${hex}`);

/** The envelope's sender: `retour+<mail>.<proof>` at the domain of MAIL_FROM. 60 of the 64 characters a local part may have. */
export const returnAddress = (keys: Keys, mailId: string): string =>
	`retour+${compact(mailId)}.${proof(keys, compact(mailId))}@${keys.mailFrom.split('@')[1]}`;

/** The mail a return address was made for; null when we did not make it. */
function mailOfReturnAddress(keys: Keys, address: string): string | null {
	const [, hex, given] = LOCAL.exec(address.toLowerCase()) ?? [];
	if (!hex || !given) return null;
	return timingSafeEqual(Buffer.from(proof(keys, hex)), Buffer.from(given)) ? dashed(hex) : null;
}

export type Bounce = { mailId: string; problem: string };
/** What a delivery report says for good (RFC 3464, action "failed"); null for a delay, for anything else, and for what is not addressed to us. */
export async function readBounce(keys: Keys, raw: Uint8Array): Promise<Bounce | null> {
	const { default: PostalMime } = await import('postal-mime');
	const message = await PostalMime.parse(raw, { attachmentEncoding: 'utf8' }).catch(() => null);
	if (!message) return null;
	const addresses = [
		...(message.to ?? []).map((to) => to.address ?? ''),
		...message.headers.filter((header) => /^(delivered-to|x-original-to)$/.test(header.key)).map(({ value }) => value)
	];
	const mailId = addresses.map((address) => mailOfReturnAddress(keys, address.trim())).find((id) => id !== null);
	const report = message.attachments.find((part) => part.mimeType === 'message/delivery-status');
	if (!mailId || !report) return null;
	const text = String(report.content).replace(/\r?\n[ \t]+/g, ' ');
	const field = (name: string): string | null => new RegExp(`^${name}:\\s*(.+)$`, 'im').exec(text)?.[1]?.trim() ?? null;
	if (field('Action')?.toLowerCase() !== 'failed') return null;
	const why = field('Diagnostic-Code')?.replace(/^smtp;\s*/i, '') ?? '';
	return { mailId, problem: `${field('Status') ?? '5.0.0'} ${why}`.trim().slice(0, 300) };
}
