// Somebody new is let in at a client: told to those who were there before, and to the supplier's owners. Whoever does not expect it can say so in time.
import { m } from '#lib/paraglide/messages.js';
import { mail, hello, type To } from './invoice-mails.ts';
import type { RenderedMail } from './layout.ts';

export type Added = {
	clientName: string;
	email: string;
	rights: { isBilling: boolean; hasPortal: boolean; mayPay: boolean };
	/** Of the client's page, for an owner. */
	url: string | null;
};
export function renderContactAdded(to: To, { clientName, email, rights, url }: Added): RenderedMail {
	const say = { locale: to.locale };
	const yes = (is: boolean): string => (is ? m.yes({}, say) : m.no({}, say));
	return mail(
		to,
		m.mail_contact_subject({ client: clientName, supplier: to.supplier.name }, say),
		m.mail_contact_preview({ email }, say),
		[
			hello(to),
			{ kind: 'text', text: m.mail_contact_text({ client: clientName, email, supplier: to.supplier.name }, say) },
			{
				kind: 'facts',
				rows: [
					[m.right_receives({}, say), yes(rights.isBilling)],
					[m.right_sees({}, say), yes(rights.hasPortal)],
					[m.right_pays({}, say), yes(rights.mayPay)]
				]
			},
			...(url ? [{ kind: 'button' as const, label: m.mail_contact_button({}, say), url }] : []),
			{ kind: 'small', text: url ? m.mail_contact_owner({}, say) : m.mail_contact_unexpected({}, say) }
		]
	);
}
