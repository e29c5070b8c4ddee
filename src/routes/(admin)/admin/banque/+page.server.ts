// The bank: statements in, and what became of each transaction.
import { cursorFrom } from '#lib/contract/lists.ts';
import { error, fail } from '@sveltejs/kit';
import { isUuid } from '#lib/contract/payments.ts';
import type { Scope } from '#lib/domain/access/scope.ts';
import { failWith } from '#lib/server/http/answer.ts';
import { follows } from '#lib/server/http/follows.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { listAnswersOf } from '#lib/server/http/list-answers.ts';
import { filesOf } from '#lib/server/http/uploads.ts';
import type { Services } from '#lib/server/services.ts';
import {
	acceptCertain,
	acceptTransaction,
	acceptForNumber,
	bookAsAdvance
} from '#lib/server/use-cases/bank/accept-transaction.ts';
import { importStatements } from '#lib/server/use-cases/bank/import-statements.ts';
import { readBank } from '#lib/server/use-cases/bank/read-bank.ts';
import { setAside, reverseTransfer, undoAcceptance } from '#lib/server/use-cases/bank/reverse-transfer.ts';
import type { Result } from '#lib/server/use-cases/run.ts';
import { house } from '#lib/server/wiring.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = async (event) => {
	follows(event, 'bank');
	return {
		bank: await readBank((await house()).services, requireMember(event), {
			waitingAfter: cursorFrom(event.url.searchParams, 'attente'),
			bookedAfter: cursorFrom(event.url.searchParams, 'traites'),
			asideAfter: cursorFrom(event.url.searchParams, 'ecartes')
		})
	};
};

type Act = (services: Services, scope: Scope, bankTransactionId: string, form: FormData) => Promise<Result<unknown>>;
/** From the form of one transaction to what is done with it. */
const action = (act: Act) => async (event: RequestEvent) => {
	const scope = requireMember(event);
	const form = await event.request.formData();
	const bankTransactionId = String(form.get('mouvement') ?? '');
	if (!isUuid(bankTransactionId)) error(404, 'Not found');
	const result = await act((await house()).services, scope, bankTransactionId, form);
	return result.ok ? { settled: true } : failWith(result.refusal, event.locals.locale);
};

/** `pay:<invoices>`, `return:<payment>`, `keep:<client>`, or the number of an invoice of one's own choice. */
const accept: Act = (services, scope, bankTransactionId, form) => {
	const chosen = String(form.get('choix') ?? '');
	const number = String(form.get('facture') ?? '').trim();
	if (chosen === 'other' && number) return acceptForNumber(services, scope, { bankTransactionId, number });
	const [kind, ids = ''] = chosen.split(':');
	const all = ids.split(',').filter(Boolean);
	const [first] = all;
	if (first === undefined || !all.every(isUuid))
		return Promise.resolve({ ok: false, refusal: { code: 'input_invalid', detail: { field: 'facture' } } });
	if (kind === 'return') return reverseTransfer(services, scope, { bankTransactionId, paymentId: first });
	if (kind === 'keep') return bookAsAdvance(services, scope, { bankTransactionId, clientId: first });
	return acceptTransaction(services, scope, { bankTransactionId, invoiceIds: all });
};

export const actions: Actions = {
	deposer: async (event) => {
		const scope = requireMember(event);
		const { files, form } = await filesOf(event.request);
		if (!files.length) return fail(400, { problem: 'no_file' });
		const result = await importStatements((await house()).services, scope, files, {
			acceptReview: form.get('verifiees') === 'oui',
			answers: listAnswersOf(form)
		});
		return result.ok ? { outcomes: result.value } : failWith(result.refusal, event.locals.locale);
	},
	accepter: action(accept),
	certains: async (event) => {
		const scope = requireMember(event);
		const ids = (await event.request.formData()).getAll('mouvement').map(String).filter(isUuid);
		const result = await acceptCertain((await house()).services, scope, ids);
		return result.ok ? { accepted: result.value.accepted } : failWith(result.refusal, event.locals.locale);
	},
	annuler: action((services, scope, id) => undoAcceptance(services, scope, id)),
	ecarter: action((services, scope, id) => setAside(services, scope, id, true)),
	revoir: action((services, scope, id) => setAside(services, scope, id, false))
};
