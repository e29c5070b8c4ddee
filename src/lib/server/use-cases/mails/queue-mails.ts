// Which mails a fact calls for, and to whom. Written in the fact's own transaction.
import type { Scope } from '../../../domain/access/scope.ts';
import { getsInvoices } from '../../../domain/mail/recipients.ts';
import { required } from '../../../domain/required.ts';
import { newId } from '../../identity.ts';
import type { Attempt } from '../../store/attempts.ts';
import type { Tx } from '../../store/database.ts';
import { queueMail, queueMails } from '../../store/mails.ts';
import { listContactsOf } from '../../store/contacts.ts';
import { listBillingContacts } from '../../store/contacts.ts';
import { findContact } from '../../store/contacts.ts';
import { type Contact } from '../../store/contacts.ts';
import { listMembers } from '../../store/members.ts';
import { findPayment, findReversal } from '../../store/payments.ts';
import type { MailKind, PlanMailKind } from '../../store/schema/index.ts';

export const toContact = (kind: MailKind, uniqueKey: string, subjectId: string, person: Contact) => ({
	mailId: newId(),
	kind,
	uniqueKey,
	contactId: person.contactId,
	memberId: null,
	toAddress: person.email,
	locale: person.locale,
	subjectId
});

/** Receipts and refunds go to every billing contact of the client. */
export async function queuePaymentMail(
	tx: Tx,
	scope: Scope,
	now: Date,
	kind: 'payment_received',
	paymentId: string,
	clientId: string,
	uniqueKey: string
): Promise<void> {
	const people = await listBillingContacts(tx, scope, clientId);
	await queueMails(
		tx,
		scope,
		people.map((person) => toContact(kind, uniqueKey, paymentId, person)),
		now
	);
}
/** To the client whose payment it is, whoever tells of it. */
export async function queueReversalMail(
	tx: Tx,
	scope: Scope,
	now: Date,
	kind: 'refund' | 'refund_failed' | 'money_returned' | 'money_restored' | 'transfer_undone',
	reversalId: string
): Promise<void> {
	const { paymentId } = required(await findReversal(tx, scope, reversalId), 'reversal');
	const { clientId } = required(await findPayment(tx, scope, paymentId), 'payment');
	for (const person of await listBillingContacts(tx, scope, clientId))
		await queueMail(
			tx,
			scope,
			toContact(kind, `${kind === 'refund_failed' ? kind : 'reversal'}:${reversalId}`, reversalId, person),
			now
		);
}
/** About one try: to the person who made it, else to the billing contacts. */
export async function queueAttemptMail(
	tx: Tx,
	scope: Scope,
	now: Date,
	kind: 'debit_notice' | 'payment_failed',
	attempt: Attempt
): Promise<void> {
	const person = attempt.contactId ? await findContact(tx, scope, attempt.contactId) : null;
	for (const to of person ? [person] : await listBillingContacts(tx, scope, attempt.clientId))
		await queueMail(tx, scope, toContact(kind, `${kind}:${attempt.attemptId}`, attempt.attemptId, to), now);
}
/** The invoice with its pay link. `occasion` tells one sending from another: 'opened', a renewal, a member's click. */
export async function queueInvoiceMail(
	tx: Tx,
	scope: Scope,
	now: Date,
	invoiceId: string,
	person: Contact,
	occasion: string
): Promise<boolean> {
	return queueMail(tx, scope, toContact('invoice_to_pay', `invoice:${invoiceId}:${occasion}`, invoiceId, person), now);
}

/** Whom invoices of these clients go to. */
export const recipientsOf = async (tx: Tx, scope: Scope, clientIds: string[]): Promise<Map<string, Contact[]>> =>
	clientIds.length
		? Map.groupBy((await listContactsOf(tx, scope, clientIds)).filter(getsInvoices), (person) => person.clientId)
		: new Map<string, Contact[]>();

/** Invoices that have just come in, each to the billing contacts of its client. */
export async function queueOpenedMails(
	tx: Tx,
	scope: Scope,
	now: Date,
	opened: { invoiceId: string; clientId: string }[]
): Promise<void> {
	if (!opened.length) return;
	const people = await recipientsOf(tx, scope, [...new Set(opened.map(({ clientId }) => clientId))]);
	const mails = opened.flatMap(({ invoiceId, clientId }) =>
		(people.get(clientId) ?? []).map((person) =>
			toContact('invoice_to_pay', `invoice:${invoiceId}:opened`, invoiceId, person)
		)
	);
	await queueMails(tx, scope, mails, now);
}

/** Somebody was let in: told to those of the client who were there (`known`), and to the supplier's owners. */
export async function queueContactMails(
	tx: Tx,
	scope: Scope,
	now: Date,
	{ contactId, occasion }: { contactId: string; occasion: string },
	known: Contact[]
): Promise<void> {
	const key = `contact:${contactId}:${occasion}`;
	const told = known.filter((person) => person.isBilling || person.hasPortal);
	const owners = (await listMembers(tx, scope)).filter((member) => member.role === 'owner');
	await queueMails(
		tx,
		scope,
		[
			...told.map((person) => toContact('contact_added', key, contactId, person)),
			...owners.map((owner) => ({
				mailId: newId(),
				kind: 'contact_added_told' as const,
				uniqueKey: key,
				contactId: null,
				memberId: owner.memberId,
				toAddress: owner.email,
				locale: owner.locale,
				subjectId: contactId
			}))
		],
		now
	);
}

/** About a plan: to the person who accepted it, while that person may pay, else to the billing contacts. A broken plan is told to the supplier's team as well. */
/** At the end of the round of a refusal that no bank made: the try before it is not why. */
export const UNTRIED = '-untried';
export async function queuePlanMail(
	tx: Tx,
	scope: Scope,
	now: Date,
	kind: Exclude<PlanMailKind, 'plan_in_default_told'>,
	plan: { planId: string; clientId: string; contactId: string | null },
	position = 0,
	round: number | string = 0
): Promise<void> {
	const accepted = plan.contactId ? await findContact(tx, scope, plan.contactId) : null;
	const billing = accepted?.mayPay ? [] : await listBillingContacts(tx, scope, plan.clientId);
	const key = `${kind}:${plan.planId}:${position}:${round}`;
	for (const to of accepted?.mayPay || (accepted && !billing.length) ? [accepted] : billing)
		await queueMail(tx, scope, toContact(kind, key, plan.planId, to), now);
	if (kind !== 'plan_in_default') return;
	for (const member of await listMembers(tx, scope))
		if (member.role !== 'read_only')
			await queueMail(
				tx,
				scope,
				{
					mailId: newId(),
					kind: 'plan_in_default_told',
					uniqueKey: key,
					contactId: null,
					memberId: member.memberId,
					toAddress: member.email,
					locale: member.locale,
					subjectId: plan.planId
				},
				now
			);
}
