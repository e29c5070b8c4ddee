// The sign-in mail: a link for the browser that asked, a code for any other (or for the installed app).
import { m } from '#lib/paraglide/messages.js';
import type { Supplier } from '../store/parties.ts';
import { renderMail, type RenderedMail } from './layout.ts';

export function renderSignInMail(input: {
	supplier: Supplier;
	name: string;
	locale: 'fr' | 'en';
	code: string;
	url: string;
}): RenderedMail {
	const { supplier, name, locale, code, url } = input;
	const say = { locale };
	return renderMail({
		locale,
		subject: m.mail_sign_in_subject({ supplier: supplier.name }, say),
		preview: m.mail_sign_in_preview({}, say),
		supplierName: supplier.name,
		brandHue: supplier.brandHue,
		blocks: [
			{ kind: 'text', text: m.mail_hello({ name }, say) },
			{ kind: 'text', text: m.mail_sign_in_link({}, say) },
			{ kind: 'button', label: m.mail_sign_in_button({}, say), url },
			{ kind: 'text', text: m.mail_sign_in_code({}, say) },
			{ kind: 'code', text: `${code.slice(0, 3)} ${code.slice(3)}` },
			{ kind: 'small', text: m.mail_sign_in_ignore({}, say) }
		],
		footer: [m.mail_footer_person({ name: supplier.contactName, email: supplier.contactEmail }, say)]
	});
}
