// What a pay page tells a browser that keeps no cookies: few need it, so the server brings it.
import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '../domain/money/format.ts';

export const noCookiesText = (locale: Locale): { title: string; text: string } => ({
	title: m.no_cookies_title({}, { locale }),
	text: m.no_cookies_text({}, { locale })
});
