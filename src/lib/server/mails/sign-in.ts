// The sign-in mail: a link for the browser that asked, a code for any other (or for the installed app).
import { m } from '#lib/paraglide/messages.js';
import type { LogoView } from '../../contract/views.ts';
import type { Supplier } from '../store/suppliers.ts';
import { renderMail, type Block, type RenderedMail } from './layout.ts';

export function renderSignInMail(input: {
	supplier: Supplier;
	logo: LogoView | null;
	name: string;
	locale: 'fr' | 'en';
	code: string;
	url: string;
}): RenderedMail {
	const { supplier, logo, name, locale, code, url } = input;
	const say = { locale };
	return renderMail({
		locale,
		subject: m.mail_sign_in_subject({ supplier: supplier.name }, say),
		preview: m.mail_sign_in_preview({}, say),
		supplierName: supplier.name,
		logo,
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

/** Many doors in one mail. Each code belongs to its link: it is asked where another browser opens it. */
export function renderSignInDoors(input: {
	doors: { supplier: Supplier; clientName: string | null; code: string; url: string }[];
	/** Places that have no door in it. */
	leftOut: number;
	locale: 'fr' | 'en';
}): RenderedMail {
	const { doors, leftOut, locale } = input;
	const say = { locale };
	return renderMail({
		locale,
		subject: m.mail_sign_in_doors_subject({}, say),
		preview: m.mail_sign_in_doors_preview({}, say),
		supplierName: 'Ponctuel',
		brandHue: 255,
		blocks: [
			{ kind: 'text', text: m.mail_sign_in_doors_text({ count: doors.length }, say) },
			...doors.flatMap(({ supplier, clientName, code, url }): Block[] => [
				{ kind: 'button', label: [supplier.name, clientName].filter(Boolean).join(' · '), url },
				{ kind: 'small', text: m.mail_sign_in_doors_code({ code: `${code.slice(0, 3)} ${code.slice(3)}` }, say) }
			]),
			...(leftOut > 0 ? [{ kind: 'text' as const, text: m.mail_sign_in_doors_left_out({ count: leftOut }, say) }] : []),
			{ kind: 'small', text: m.mail_sign_in_ignore({}, say) }
		],
		footer: []
	});
}
