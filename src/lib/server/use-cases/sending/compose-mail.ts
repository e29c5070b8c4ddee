// From a queued row to words: reads what the mail is about as it stands now, mints the pay link it carries.
import { optionViews } from '../../../contract/option-views.ts';
import { mintScope } from '../../../domain/access/scope.ts';
import { payableToday } from '../../../domain/invoices/state.ts';
import { declineFamily } from '../../../domain/payments/declines.ts';
import { getsInvoices, getsNews } from '../../../domain/mail/recipients.ts';
import { addTargetDays } from '../../../domain/calendar/business-days.ts';
import { civilDateIn } from '../../../domain/calendar/civil-date.ts';
import { required } from '../../../domain/required.ts';
import type { OutgoingMail } from '../../gateways/mail/port.ts';
import { renderContactAdded } from '../../mails/contact-mails.ts';
import * as templates from '../../mails/invoice-mails.ts';
import type { RenderedMail } from '../../mails/layout.ts';
import { renderOwnerNotice } from '../../mails/owner-notices.ts';
import { methodName } from '../../../i18n/methods.ts';
import { logoView } from '../../logo-address.ts';
import type { Services } from '../../services.ts';
import { findAttempt, listAttemptLines } from '../../store/attempts.ts';
import { findInvoice } from '../../store/invoices.ts';
import { type MailRow } from '../../store/mails.ts';
import { findClient } from '../../store/clients.ts';
import { findContact } from '../../store/contacts.ts';
import { type Contact } from '../../store/contacts.ts';
import { findMember } from '../../store/members.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { findPayment, listAllocations, listReversals } from '../../store/payments.ts';
import { findAudit } from '../../store/audits.ts';
import { renderCreditNotePdf } from '../../documents/credit-note-pdf.ts';
import { renderReceiptPdf } from '../../documents/receipt-pdf.ts';
import { commit } from '../run.ts';
import type { Context } from './compose-context.ts';
import { renderPlanMail } from './compose-plan-mail.ts';
import { notesWith, renderReversal } from './compose-reversal-mail.ts';
import { pointsOfReceipt, renderPointsMail } from './compose-points-mail.ts';
import { invoiceIdsOf, payUrl, whatIsDue } from './what-is-due.ts';
import { mintPayLink } from '../access/pay-links.ts';
import { quoteInvoices } from '../offers/quote-invoices.ts';
import { readCreditNote } from '../payments/read-credit-note.ts';
import { takesTransfers } from '../payments/read-pay-view.ts';
import { readReceipt } from '../payments/read-receipt.ts';

type Composed = Omit<OutgoingMail, 'messageId' | 'to' | 'returnTo'>;
/** null when what it is about is gone or no longer true (an invoice paid meanwhile asks for nothing). */
export async function composeMail(services: Services, row: MailRow): Promise<Composed | null> {
	const scope = mintScope(row.supplierId, { kind: 'system' });
	const composed = await commit(services, scope, async (tx) => {
		const supplier = await getSupplier(tx, scope);
		const person = row.contactId
			? await findContact(tx, scope, row.contactId)
			: row.memberId
				? await findMember(tx, scope, row.memberId)
				: null;
		if (row.contactId && !mayStillGet(row, person as Contact | null)) return null;
		const context: Context = {
			services,
			scope,
			tx,
			row,
			supplier,
			to: {
				supplier,
				logo: logoView(supplier, services.config.origin),
				name: person?.name ?? '',
				locale: row.locale
			}
		};
		const mail = await render(context);
		if (!mail) return null;
		const documents = await documentsOf(context);
		return { mail: { ...mail, fromName: supplier.name, replyTo: supplier.contactEmail }, documents };
	});
	if (!composed) return null;
	// Drawn once nothing is held open: live news wait for the oldest transaction (store/outbox.ts).
	const attachments = [];
	for (const { name, draw } of composed.documents)
		attachments.push({ name: `${name}.pdf`, type: 'application/pdf', content: await draw() });
	return { ...composed.mail, attachments };
}

/**
 * Between the fact and the mail somebody may have taken the right away, or changed the address: what leaves goes to who may have it now.
 */
const mayStillGet = ({ kind, toAddress }: MailRow, person: Contact | null): boolean =>
	person !== null &&
	person.email === toAddress &&
	(kind === 'invoice_to_pay' ? getsInvoices(person) : getsNews(person));

const MOVES_BACK = new Set<MailRow['kind']>([
	'money_returned',
	'refund',
	'refund_failed',
	'transfer_undone',
	'money_restored'
]);
type ToDraw = { name: string; draw: () => Promise<Uint8Array> };
/** A receipt travels with the credit notes of its discounts; money that came back, with what cancels them. */
async function documentsOf({ services, scope, tx, row }: Context): Promise<ToDraw[]> {
	const noteOf = async (discountId: string): Promise<ToDraw[]> => {
		const note = await readCreditNote(tx, scope, discountId);
		return note ? [{ name: note.documentNumber, draw: () => renderCreditNotePdf(note, row.locale) }] : [];
	};
	if (row.kind === 'payment_received') {
		const receipt = await readReceipt(services, tx, scope, row.subjectId);
		if (!receipt) return [];
		const notes: ToDraw[] = [];
		for (const one of receipt.discounts) notes.push(...(await noteOf(one.discountId)));
		return [{ name: receipt.receiptNumber, draw: () => renderReceiptPdf(receipt, row.locale) }, ...notes];
	}
	if (!MOVES_BACK.has(row.kind)) return [];
	const notes: ToDraw[] = [];
	for (const one of await notesWith(tx, scope, row)) notes.push(...(await noteOf(one.discountId)));
	return notes;
}
async function render(context: Context): Promise<RenderedMail | null> {
	switch (context.row.kind) {
		case 'invoice_to_pay':
			return renderInvoice(context);
		case 'payment_received':
			return renderReceipt(context);
		case 'debit_notice':
		case 'payment_failed':
			return renderAttempt(context);
		case 'refund':
		case 'refund_failed':
		case 'money_returned':
		case 'transfer_undone':
		case 'money_restored':
			return renderReversal(context);
		case 'contact_added':
		case 'contact_added_told':
			return renderContact(context);
		case 'owner_notice':
			return renderNotice(context);
		case 'tier_reached':
		case 'points_expiring':
		case 'points_ending':
		case 'points_rules_changed':
		case 'reward_refused':
			return renderPointsMail(context);
		default:
			return renderPlanMail(context);
	}
}

async function renderContact({ services, scope, tx, row, to }: Context): Promise<RenderedMail | null> {
	const added = await findContact(tx, scope, row.subjectId);
	const client = added && (await findClient(tx, scope, added.clientId));
	if (!client) return null;
	const url = row.kind === 'contact_added_told' ? `${services.config.origin}/admin/clients/${client.clientId}` : null;
	return renderContactAdded(to, { clientName: client.name, email: added.email, rights: added, url });
}

/** What the audit says, in words. Who did it may have left since. */
async function renderNotice({ services, scope, tx, row, to }: Context): Promise<RenderedMail | null> {
	const line = await findAudit(tx, scope, row.subjectId);
	if (!line) return null;
	const [kind, id] = line.actor.split(':');
	const person = kind === 'member' ? await findMember(tx, scope, required(id, 'member')) : null;
	const by = person ? `${person.name} · ${person.email}` : '—';
	// Whom it tells that it was removed is found no more, but the line knows the name.
	const named = to.name ? to : { ...to, name: line.detail.person ?? '' };
	const admin = `${services.config.origin}/admin`;
	return renderOwnerNotice(named, { ...line, by, url: `${admin}/reglages`, logUrl: `${admin}/securite` });
}

async function renderInvoice({ services, scope, tx, row, supplier, to }: Context): Promise<RenderedMail | null> {
	const invoice = await findInvoice(tx, scope, row.subjectId);
	if (!invoice || payableToday(invoice) === 0n || !row.contactId) return null;
	const quoted = await quoteInvoices(tx, scope, { supplier, records: [invoice], at: services.clock.now() });
	const url = await mintPayLink(services, tx, scope, invoice.invoiceId, row.contactId);
	return templates.renderInvoiceMail(to, {
		number: invoice.number,
		amountMinor: payableToday(invoice),
		currency: invoice.currency,
		dueOn: invoice.dueOn,
		methods: [
			...(quoted.quote.options.find((option) => option.kind === 'now')?.methods ?? []),
			...(takesTransfers(supplier) ? (['transfer'] as const) : [])
		],
		options: optionViews(quoted).filter((option) => option.kind !== 'now'),
		url
	});
}

async function renderReceipt({ services, scope, tx, row, to }: Context): Promise<RenderedMail | null> {
	const payment = await findPayment(tx, scope, row.subjectId);
	if (!payment) return null;
	const reversals = await listReversals(tx, scope, payment.paymentId);
	// It was put on the wrong invoice, and corrected before anybody heard of it.
	if (reversals.some(({ kind }) => kind === 'transfer_undone' || kind === 'payment_unsaid')) return null;
	const lines = await listAllocations(tx, scope, payment.paymentId);
	return templates.renderReceiptMail(to, {
		...payment,
		numbers: lines.map((line) => line.number).join(', '),
		methodLabel: methodName(payment.methodType, payment.methodLabel, to.locale),
		due: await whatIsDue(tx, scope, invoiceIdsOf(lines)),
		discounts: (await readReceipt(services, tx, scope, payment.paymentId))?.discounts ?? [],
		points: await pointsOfReceipt(tx, scope, payment.paymentId, to.locale)
	});
}

async function renderAttempt({ services, scope, tx, row, supplier, to }: Context): Promise<RenderedMail | null> {
	const attempt = await findAttempt(tx, scope, row.subjectId);
	if (!attempt || !row.contactId) return null;
	const lines = await listAttemptLines(tx, scope, attempt.attemptId);
	const common = { amountMinor: attempt.amountMinor, currency: attempt.currency, numbers: attempt.description };
	if (row.kind === 'payment_failed') {
		const due = await whatIsDue(tx, scope, invoiceIdsOf(lines));
		return templates.renderFailedMail(to, {
			...common,
			due,
			family: declineFamily(attempt.errorCode, attempt.declineCode),
			url: await payUrl({ services, scope, tx }, due, row.contactId)
		});
	}
	const expectedOn = attempt.expectedOn ?? addTargetDays(civilDateIn(services.clock.now(), supplier.timeZone), 6);
	return templates.renderDebitNotice(to, {
		...common,
		methodLabel: attempt.methodLabel ?? 'SEPA',
		mandate: attempt.mandateReference ?? '—',
		expectedOn
	});
}
