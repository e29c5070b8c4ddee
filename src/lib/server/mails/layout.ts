// The one layout of every mail: a single column of tables that mail programs agree on, dark-mode safe, with a text part that says the same.
// Everything that comes from data is escaped here; templates pass plain text.
import type { LogoView } from '../../contract/views.ts';
import { initialsOf } from '../../domain/look/initials.ts';
import { accentOf, PALETTE } from '../../domain/look/palette.ts';
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
	/** In place of the initials, by its whole address; null or left out: the initials. */
	logo?: LogoView | null;
	brandHue: number;
	blocks: Block[];
	footer: string[];
};
/** `unsubscribeUrl`: where a mail program says no for its reader (RFC 8058), of mails that one can do without. */
export type RenderedMail = { subject: string; html: string; text: string; unsubscribeUrl?: string };

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

const { ground, paper, ink, inkSoft, line } = PALETTE;
const FONT = "system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const INK = `color:${ink.light}`;
const SOFT = `color:${inkSoft.light}`;
/** Mail programs that know a dark scheme; the others keep the light one, whole. */
const DARK = `@media (prefers-color-scheme:dark){.ground{background:${ground.dark}!important}.paper{background:${paper.dark}!important;border-color:${line.dark}!important}.ink{color:${ink.dark}!important}.soft{color:${inkSoft.dark}!important}.line{border-color:${line.dark}!important}}`;
const TABLE = 'role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"';

export function renderMail(written: MailContent): RenderedMail {
	const content = tidy(written);
	const color = accentOf(content.brandHue);
	const rows = content.blocks
		.map((block) => `<tr><td style="padding:0 0 20px">${htmlOf(block, color)}</td></tr>`)
		.join('');
	const html = `<!doctype html><html lang="${content.locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><title>${escapeHtml(content.subject)}</title><style>:root{color-scheme:light dark}${DARK}</style></head>
<body class="ground" style="margin:0;padding:0;background:${ground.light};-webkit-text-size-adjust:100%"><div style="display:none;max-height:0;overflow:hidden">${escapeHtml(content.preview)}</div>
<table ${TABLE}><tr><td align="center" style="padding:24px 12px">
<table ${TABLE} class="paper" style="max-width:560px;background:${paper.light};border:1px solid ${line.light};border-radius:14px"><tr><td style="padding:26px 24px 8px">
<table ${TABLE}><tr><td style="padding:0 0 22px"><table role="presentation" cellpadding="0" cellspacing="0" border="0"><tr>${markOf(content, color)}<td class="ink" style="padding:0 0 0 12px;font:600 16px/1.3 ${FONT};${INK}">${escapeHtml(content.supplierName)}</td></tr></table></td></tr>${rows}</table>
</td></tr></table>
<table ${TABLE} style="max-width:560px"><tr><td class="soft" style="padding:16px 24px;font:13px/1.5 ${FONT};${SOFT}">${content.footer.map(escapeHtml).join('<br>')}</td></tr></table>
</td></tr></table></body></html>`;
	const text = [
		content.supplierName,
		...content.blocks.map((block) => textOf(block, content.locale)),
		'--',
		...content.footer
	].join('\n\n');
	return { subject: content.subject, html, text: `${text}\n` };
}

/** The logo on white, in its fixed room, with the name for who sees no pictures; or the initials. */
function markOf({ logo, supplierName }: MailContent, color: string): string {
	if (!logo)
		return `<td aria-hidden="true" width="36" height="36" align="center" bgcolor="${color}" style="border-radius:10px;background:${color};font:bold 14px/36px ${FONT};color:#ffffff">${escapeHtml(initialsOf(supplierName))}</td>`;
	const { url, width, height } = logo;
	return `<td width="${width}" style="padding:2px;border-radius:6px;background:#ffffff" bgcolor="#ffffff"><img src="${escapeHtml(url)}" width="${width}" height="${height}" alt="${escapeHtml(supplierName)}" style="display:block;border:0;width:${width}px;height:${height}px;font:600 12px/1.2 ${FONT};color:${color}"></td>`;
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

function htmlOf(block: Block, color: string): string {
	switch (block.kind) {
		case 'text':
			return `<p class="ink" style="margin:0;font:16px/1.5 ${FONT};${INK}">${escapeHtml(block.text)}</p>`;
		case 'small':
			return `<p class="soft" style="margin:0;font:14px/1.5 ${FONT};${SOFT}">${escapeHtml(block.text)}</p>`;
		case 'amount':
			return `<p class="soft" style="margin:0;font:14px/1.5 ${FONT};${SOFT}">${escapeHtml(block.label)}</p><p class="ink" style="margin:0;font:600 38px/1.15 ${FONT};letter-spacing:-1px;${INK}">${escapeHtml(block.text)}</p><p class="soft" style="margin:0;font:14px/1.5 ${FONT};${SOFT}">${escapeHtml(block.note)}</p>`;
		case 'button':
			return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td align="center" style="border-radius:12px;background:${color}" bgcolor="${color}"><a href="${escapeHtml(block.url)}" style="display:block;padding:16px 20px;font:600 17px/1.3 ${FONT};color:#ffffff;text-decoration:none">${escapeHtml(block.label)}</a></td></tr></table>`;
		case 'link':
			return `<p class="soft" style="margin:0;font:14px/1.5 ${FONT};${SOFT}"><a class="soft" href="${escapeHtml(block.url)}" style="${SOFT}">${escapeHtml(block.label)}</a></p>`;
		case 'list':
			return `<p class="ink" style="margin:0 0 4px;font:600 16px/1.5 ${FONT};${INK}">${escapeHtml(block.title)}</p><ul class="ink" style="margin:0;padding:0 0 0 20px;font:16px/1.5 ${FONT};${INK}">${block.items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`;
		case 'code':
			return `<p class="ink" style="margin:0;font:bold 30px/1.3 'Courier New',monospace;letter-spacing:6px;${INK}">${escapeHtml(block.text)}</p>`;
		case 'facts':
			return `<table width="100%" cellpadding="0" cellspacing="0" border="0" style="border-collapse:collapse">${block.rows.map(([name, value]) => `<tr><th class="soft line" align="left" scope="row" style="padding:6px 12px 6px 0;border-bottom:1px solid ${line.light};font:14px/1.4 ${FONT};${SOFT}">${escapeHtml(name)}</th><td class="ink line" align="right" style="padding:6px 0;border-bottom:1px solid ${line.light};font:14px/1.4 ${FONT};${INK}">${escapeHtml(value)}</td></tr>`).join('')}</table>`;
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
