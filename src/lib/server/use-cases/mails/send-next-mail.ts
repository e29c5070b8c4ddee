// The worker sends one mail. Exactly once is not to be had with SMTP: between the server's "250 OK" and our note of it a crash can happen, and
// then the mail goes out again when the lease ends. So: at least once, one repeat per crash at most, and the same Message-ID each time.
import { mintScope } from '../../../domain/access/scope.ts';
import { returnAddress } from '../../mails/bounces.ts';
import type { Services } from '../../services.ts';
import type { Database } from '../../store/database.ts';
import { isFollowingPoints } from '../../store/due-work.ts';
import { claimMail, finishMail, isOlderInHand, putBackMail, type MailRow } from '../../store/mails.ts';
import { recordFact } from '../../store/outbox.ts';
import type { MailKind } from '../../store/schema/index.ts';
import { saveMailProblem } from '../../store/parties.ts';
import { commit, read } from '../run.ts';
import { composeMail } from './compose-mail.ts';

const LEASE_MS = 120_000;
const TRIES_MAX = 8;

/** A receipt says what was earned: so long it waits for that, and goes without. */
const POINTS_WAIT_MS = 120_000;
const LOOK_AGAIN_MS = 1000;
/** What these say depends on what the same person was told before. */
const TELL_OF_MONEY_BACK: MailKind[] = ['refund', 'refund_failed', 'money_returned', 'money_restored'];

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
		const outcome = await services.mail.send({
			messageId: `<${row.mailId}@ponctuel>`,
			to: row.toAddress,
			returnTo: returnAddress(services.config, row.mailId),
			...composed
		});
		if (outcome.kind === 'later') await postpone(services, row, outcome.problem);
		else await finish(services, row, outcome.kind === 'refused' ? outcome.problem : null);
	} catch (error) {
		services.log.warn({ err: error, mailId: row.mailId, kind: row.kind }, 'mail not sent yet');
		await postpone(services, row, (error as Error).message);
	}
	return true;
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
	if (!TELL_OF_MONEY_BACK.includes(row.kind)) return false;
	const scope = mintScope(row.supplierId, { kind: 'system' });
	return read(services, scope, (tx) => isOlderInHand(tx, row, TELL_OF_MONEY_BACK, services.clock.now()));
}

async function postpone(services: Services, row: MailRow, problem: string): Promise<void> {
	const delayMs = Math.min(30_000 * 2 ** row.tries, 4 * 3_600_000);
	const nextTryAt = new Date(services.clock.now().getTime() + delayMs);
	await finishMail(
		services.db.system,
		row,
		row.tries >= TRIES_MAX
			? { state: 'failed', problem: problem.slice(0, 300) }
			: { state: 'due', problem: problem.slice(0, 300), nextTryAt },
		services.clock.now()
	);
}

/** Sent, or refused for good: a refusal shows on the contact until a mail gets through. One transaction, or a bounce in between would be lost. */
async function finish(services: Services, row: MailRow, problem: string | null): Promise<void> {
	const now = services.clock.now();
	const scope = mintScope(row.supplierId, { kind: 'system' });
	await commit(services, scope, async (tx) => {
		const stands = await finishMail(tx, row, problem ? { state: 'refused', problem } : { state: 'sent' }, now);
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
