// A mail came back after the server had taken it: the contact shows it, as for a refusal during the conversation. Once or ten times is the same.
// Facts: contact.mail_problem.
import { mintScope } from '../../../domain/access/scope.ts';
import { readBounce } from '../../mails/bounces.ts';
import type { Services } from '../../services.ts';
import { findMailSystem, refuseSentMail } from '../../store/mails.ts';
import { recordFact } from '../../store/outbox.ts';
import { saveMailProblem } from '../../store/contacts.ts';
import { commit } from '../run.ts';

/** `ignored`: not a report of a failure, or not about a mail of ours. */
export async function noteBounce(services: Services, raw: Uint8Array): Promise<'noted' | 'ignored'> {
	const bounce = await readBounce(services.config, raw);
	const row = bounce && (await findMailSystem(services.db, bounce.mailId));
	if (!row) return 'ignored';
	const now = services.clock.now();
	const scope = mintScope(row.supplierId, { kind: 'system' });
	return commit(services, scope, async (tx) => {
		if (!(await refuseSentMail(tx, row, bounce.problem))) return 'ignored';
		if (!row.contactId) return 'noted';
		await saveMailProblem(tx, scope, row.contactId, bounce.problem, now);
		await recordFact(tx, scope, now, {
			kind: 'contact.mail_problem',
			clientId: null,
			invoiceId: null,
			attemptId: null
		});
		return 'noted';
	});
}
