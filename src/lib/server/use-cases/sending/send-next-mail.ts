// The worker sends one mail. Exactly once is not to be had with SMTP: between the server's "250 OK" and our note of it a crash can happen, and
// then the mail goes out again when the lease ends. So: at least once, one repeat per crash at most, and the same Message-ID each time.
import { mintScope } from '../../../domain/access/scope.ts';
import type { OutgoingMail, SendOutcome } from '../../gateways/mail/port.ts';
import { returnAddress } from '../../mails/bounces.ts';
import type { Services } from '../../services.ts';
import { isLost, withPatience } from '../../store/away.ts';
import type { Database } from '../../store/database.ts';
import { isFollowingPoints } from '../../store/due-work.ts';
import { claimMail, finishMail, handMail, isOlderInHand, putBackMail, type MailRow } from '../../store/mails.ts';
import { recordFact } from '../../store/outbox.ts';
import type { MailKind } from '../../store/schema/index.ts';
import { saveMailProblem } from '../../store/contacts.ts';
import { commit, read } from '../run.ts';
import { composeMail } from './compose-mail.ts';

const LEASE_MS = 120_000;
const TRIES_MAX = 8;

/** A receipt says what was earned: so long it waits for that, and goes without. */
const POINTS_WAIT_MS = 120_000;
const LOOK_AGAIN_MS = 1000;
/** What these say depends on what the same person was told before. */
const TELL_OF_MONEY_BACK: MailKind[] = ['refund', 'refund_failed', 'money_returned', 'money_restored'];
/** Which mails to the same person, still in somebody's hands, each of them waits for. */
const waitsFor = (kind: MailKind): MailKind[] =>
	kind === 'transfer_undone' ? ['payment_received'] : TELL_OF_MONEY_BACK.includes(kind) ? TELL_OF_MONEY_BACK : [];

/** Whose mail each of these services claimed last. */
const served = new WeakMap<Database, string>();

/** `false`: nothing is due. */
export async function sendNextMail(services: Services): Promise<boolean> {
	const { db, clock } = services;
	const row = await claimMail(db, clock.now(), { leaseMs: LEASE_MS, served: served.get(db) ?? null });
	if (!row) return false;
	served.set(db, row.supplierId);
	try {
		if ((await waitsForPoints(services, row)) || (await waitsForOlder(services, row))) {
			// It waits alone: those behind it are sent meanwhile, and none of them is looked at a hundred times for it.
			await putBackMail(db, row, new Date(clock.now().getTime() + LOOK_AGAIN_MS));
			// Nobody else rings then. Unheard, it waits for the worker's clock.
			setTimeout(services.signal, LOOK_AGAIN_MS).unref();
			return true;
		}
		const composed = await composeMail(services, row);
		if (!composed) {
			// No longer true, or no longer for this person: nothing went wrong.
			await finishMail(services.db.system, row, { state: 'dropped' }, services.clock.now());
			return true;
		}
		const handed = await hand(services, row, {
			messageId: `<${row.mailId}@ponctuel>`,
			to: row.toAddress,
			returnTo: returnAddress(services.config, row.mailId),
			...composed
		});
		if (!handed) return true;
		const { outcome, held } = handed;
		// Certain that this one did not leave: what is not known of an earlier one stays.
		const { handedAt } = outcome.kind === 'later' && outcome.mayHaveLeft ? held : row;
		if (outcome.kind === 'later') await postpone(services, { ...held, handedAt }, outcome.problem);
		else {
			const problem = outcome.kind === 'refused' ? outcome.problem : null;
			// Noted twice is noted once. Not noted, it would leave a second time.
			await withPatience(() => finish(services, { ...held, handedAt }, problem), isLost);
		}
	} catch (error) {
		services.log.warn({ err: error, mailId: row.mailId, kind: row.kind }, 'mail not sent yet');
		await postpone(services, row, (error as Error).message);
	}
	return true;
}

/**
 * That it is given to the mail server is noted before: if its sender dies, it is known that it may have left. It is held as long as the server takes: while its
 * sender lives, it is nobody else's, and nothing that depends on it is said. null: it was held too long before, and may be another's.
 */
async function hand(
	services: Services,
	row: MailRow,
	message: OutgoingMail
): Promise<{ outcome: SendOutcome; held: MailRow } | null> {
	const { db, clock } = services;
	const first = await handMail(db, row, clock.now(), LEASE_MS);
	if (!first) return null;
	let held = first;
	let beat = Promise.resolve();
	const beats = setInterval(() => {
		beat = beat
			.then(async () => void (held = (await handMail(db, held, clock.now(), LEASE_MS)) ?? held))
			.catch((error: unknown) => services.log.warn({ err: error, mailId: row.mailId }, 'mail in hand not held'));
	}, LEASE_MS / 3).unref();
	const outcome = await services.mail
		.send(message)
		.catch((error: Error): SendOutcome => ({ kind: 'later', problem: error.message, mayHaveLeft: true }));
	clearInterval(beats);
	await beat;
	return { outcome, held };
}

async function waitsForPoints(services: Services, row: MailRow): Promise<boolean> {
	if (row.kind !== 'payment_received') return false;
	const { supplierId, subjectId, createdAt } = row;
	// From its own instant: each look at the money asks for its points again.
	if (services.clock.now().getTime() - createdAt.getTime() >= POINTS_WAIT_MS) return false;
	const scope = mintScope(supplierId, { kind: 'system' });
	return read(services, scope, (tx) => isFollowingPoints(tx, scope, subjectId));
}

/** One at a time, in their order: the younger of two would find that nothing was told yet, and be dropped. */
async function waitsForOlder(services: Services, row: MailRow): Promise<boolean> {
	const kinds = waitsFor(row.kind);
	if (!kinds.length) return false;
	const scope = mintScope(row.supplierId, { kind: 'system' });
	return read(services, scope, (tx) => isOlderInHand(tx, row, kinds, services.clock.now()));
}

async function postpone(services: Services, row: MailRow, problem: string): Promise<void> {
	const delayMs = Math.min(30_000 * 2 ** row.tries, 4 * 3_600_000);
	const nextTryAt = new Date(services.clock.now().getTime() + delayMs);
	await finishMail(
		services.db.system,
		row,
		row.tries >= TRIES_MAX
			? { state: 'failed', problem: problem.slice(0, 300), handedAt: row.handedAt }
			: { state: 'due', problem: problem.slice(0, 300), nextTryAt, handedAt: row.handedAt },
		services.clock.now()
	);
}

/** Sent, or refused for good: a refusal shows on the contact until a mail gets through. One transaction, or a bounce in between would be lost. */
async function finish(services: Services, row: MailRow, problem: string | null): Promise<void> {
	const now = services.clock.now();
	const scope = mintScope(row.supplierId, { kind: 'system' });
	await commit(services, scope, async (tx) => {
		const stands = await finishMail(
			tx,
			row,
			problem ? { state: 'refused', problem, handedAt: row.handedAt } : { state: 'sent' },
			now
		);
		if (!stands || !row.contactId) return;
		await saveMailProblem(tx, scope, row.contactId, problem, now);
		if (problem)
			await recordFact(tx, scope, now, {
				kind: 'contact.mail_problem',
				clientId: null,
				invoiceId: null,
				attemptId: null
			});
	});
}
