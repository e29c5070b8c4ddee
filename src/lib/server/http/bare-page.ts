// What was refused before any page of ours could be made of it: the sentence, on a page that can be read on a phone and in the dark, with a way on.
import { m } from '#lib/paraglide/messages.js';
import { PALETTE } from '../../domain/look/palette.ts';
import type { Locale } from '../../domain/money/format.ts';
import { escapeHtml } from '../mails/layout.ts';

const { ink, ground } = PALETTE;

/** Browsers' forms; programs are told in their own form. Its style is in the page: its policy lets nothing else in (security-headers.ts). */
export function barePage(status: number, said: string, locale: Locale): Response {
	const title = escapeHtml(m.error_unaccepted_title({}, { locale }));
	return new Response(
		`<!doctype html><html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>${title}</title><style>:root{color-scheme:light dark}body{margin:0;font:1rem/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif;color:light-dark(${ink.light},${ink.dark});background:light-dark(${ground.light},${ground.dark})}main{max-width:520px;margin:10vh auto;padding:0 16px}h1{font-size:1.375rem;font-weight:600;line-height:1.28;letter-spacing:-.018em}a{color:inherit;display:inline-flex;align-items:center;min-height:44px}</style></head><body><main><h1>${title}</h1><p>${escapeHtml(said)}</p><p><a href="/">${escapeHtml(m.error_home({}, { locale }))}</a></p></main></body></html>`,
		{ status, headers: { 'content-type': 'text/html; charset=utf-8' } }
	);
}
