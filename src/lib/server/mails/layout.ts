// The one layout of every mail: a single column of tables that mail programs agree on, dark-mode safe, with a text part that says the same.
// Everything that comes from data is escaped here; templates pass plain text.
import { oneLine } from '../../domain/mail/one-line.ts';

export type Block =
	| { kind: 'text'; text: string }
	| { kind: 'amount'; label: string; text: string; note: string }
	| { kind: 'button'; label: string; url: string }
	| { kind: 'code'; text: string }
	| { kind: 'facts'; rows: [string, string][] }
	| { kind: 'list'; title: string; items: string[] }
	| { kind: 'link'; label: string; url: string }
	| { kind: 'small'; text: string };
export type MailContent = {
	locale: 'fr' | 'en';
	subject: string;
	preview: string;
	supplierName: string;
	brandHue: number;
	blocks: Block[];
	footer: string[];
};
/** `unsubscribeUrl`: where a mail program says no for its reader (RFC 8058), of mails that one can do without. */
export type RenderedMail = { subject: string; html: string; text: string; unsubscribeUrl?: string };

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** Accent from the supplier's hue at a lightness that keeps white text above 4.5:1 in sRGB (mail programs don't know OKLCH). */
function accent(hue: number): string {
	const stops: [number, string][] = [
		[30, '#8f2d14'],
		[75, '#6b4a00'],
		[120, '#3c5a12'],
		[165, '#0f5c43'],
		[210, '#0b5a6b'],
		[255, '#174f8f'],
		[300, '#5b3a94'],
		[345, '#8c2a5f']
	];
	return stops.reduce((best, stop) => (Math.abs(stop[0] - hue) < Math.abs(best[0] - hue) ? stop : best))[1];
}

export function renderMail(written: MailContent): RenderedMail {
	const content = tidy(written);
	const color = accent(content.brandHue);
	const rows = content.blocks
		.map((block) => `<tr><td style="padding:0 0 20px">${htmlOf(block, color)}</td></tr>`)
		.join('');
	const html = `<!doctype html><html lang="${content.locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><title>${escapeHtml(content.subject)}</title><style>:root{color-scheme:light dark}@media (prefers-color-scheme:dark){.ground{background:#14161a!important}.paper{background:#1c1f25!important}.ink{color:#f1efe9!important}.soft{color:#b3b0a8!important}}</style></head>
<body class="ground" style="margin:0;padding:0;background:#f5f4f1"><div style="display:none;max-height:0;overflow:hidden">${escapeHtml(content.preview)}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td align="center" style="padding:24px 12px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" class="paper" style="max-width:520px;background:#ffffff;border-radius:12px"><tr><td style="padding:28px 24px 8px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td class="ink" style="padding:0 0 20px;font:bold 16px/1.3 Arial,sans-serif;color:#1a1d22">${escapeHtml(content.supplierName)}</td></tr>${rows}</table>
</td></tr></table>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:520px"><tr><td class="soft" style="padding:16px 24px;font:13px/1.5 Arial,sans-serif;color:#565b64">${content.footer.map(escapeHtml).join('<br>')}</td></tr></table>
</td></tr></table></body></html>`;
	const text = [
		content.supplierName,
		...content.blocks.map((block) => textOf(block, content.locale)),
		'--',
		...content.footer
	].join('\n\n');
	return { subject: content.subject, html, text: `${text}\n` };
}

/** Names, numbers and references of files stand in almost every text: none of them begins a line of its own, in either part. */
function tidy(content: MailContent): MailContent {
	const blocks = content.blocks.map((block): Block => {
		switch (block.kind) {
			case 'amount':
				return { ...block, label: oneLine(block.label), text: oneLine(block.text), note: oneLine(block.note) };
			case 'button':
			case 'link':
				return { ...block, label: oneLine(block.label) };
			case 'list':
				return { ...block, title: oneLine(block.title), items: block.items.map(oneLine) };
			case 'facts':
				return { ...block, rows: block.rows.map(([name, value]) => [oneLine(name), oneLine(value)]) };
			default:
				return { ...block, text: oneLine(block.text) };
		}
	});
	return {
		...content,
		subject: oneLine(content.subject),
		preview: oneLine(content.preview),
		supplierName: oneLine(content.supplierName),
		blocks,
		footer: content.footer.map(oneLine)
	};
}

const FONT = 'Arial,sans-serif';
function htmlOf(block: Block, color: string): string {
	switch (block.kind) {
		case 'text':
			return `<p class="ink" style="margin:0;font:16px/1.5 ${FONT};color:#1a1d22">${escapeHtml(block.text)}</p>`;
		case 'small':
			return `<p class="soft" style="margin:0;font:14px/1.5 ${FONT};color:#565b64">${escapeHtml(block.text)}</p>`;
		case 'amount':
			return `<p class="soft" style="margin:0;font:14px/1.5 ${FONT};color:#565b64">${escapeHtml(block.label)}</p><p class="ink" style="margin:0;font:bold 34px/1.2 ${FONT};color:#1a1d22">${escapeHtml(block.text)}</p><p class="soft" style="margin:0;font:14px/1.5 ${FONT};color:#565b64">${escapeHtml(block.note)}</p>`;
		case 'button':
			return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td align="center" style="border-radius:10px;background:${color}"><a href="${escapeHtml(block.url)}" style="display:block;padding:16px 20px;font:bold 17px/1.2 ${FONT};color:#ffffff;text-decoration:none">${escapeHtml(block.label)}</a></td></tr></table>`;
		case 'link':
			return `<p class="soft" style="margin:0;font:14px/1.5 ${FONT};color:#565b64"><a class="soft" href="${escapeHtml(block.url)}" style="color:#565b64">${escapeHtml(block.label)}</a></p>`;
		case 'list':
			return `<p class="ink" style="margin:0 0 4px;font:bold 16px/1.5 ${FONT};color:#1a1d22">${escapeHtml(block.title)}</p><ul class="ink" style="margin:0;padding:0 0 0 20px;font:16px/1.5 ${FONT};color:#1a1d22">${block.items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`;
		case 'code':
			return `<p class="ink" style="margin:0;font:bold 30px/1.3 'Courier New',monospace;letter-spacing:6px;color:#1a1d22">${escapeHtml(block.text)}</p>`;
		case 'facts':
			return `<table width="100%" cellpadding="0" cellspacing="0" border="0" style="border-collapse:collapse">${block.rows.map(([name, value]) => `<tr><th class="soft" align="left" scope="row" style="padding:6px 12px 6px 0;border-bottom:1px solid #d8d4cb;font:14px/1.4 ${FONT};color:#565b64">${escapeHtml(name)}</th><td class="ink" align="right" style="padding:6px 0;border-bottom:1px solid #d8d4cb;font:14px/1.4 ${FONT};color:#1a1d22">${escapeHtml(value)}</td></tr>`).join('')}</table>`;
	}
}
function textOf(block: Block, locale: MailContent['locale']): string {
	// French holds a colon to its word.
	const colon = locale === 'fr' ? '\u00a0:' : ':';
	switch (block.kind) {
		case 'amount':
			return `${block.label}${colon} ${block.text}\n${block.note}`;
		case 'button':
		case 'link':
			return `${block.label}${colon}\n${block.url}`;
		case 'list':
			return [`${block.title}${colon}`, ...block.items.map((item) => `- ${item}`)].join('\n');
		case 'facts':
			return block.rows.map(([name, value]) => `${name}${colon} ${value}`).join('\n');
		default:
			return block.text;
	}
}
