// Files in: preview first, exactly what will be; one confirmation keeps them. Files are sent again with the confirmation: nothing waits on the server.
import { fail } from '@sveltejs/kit';
import { failWith } from '#lib/server/http/answer.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { filesOf } from '#lib/server/http/uploads.ts';
import { importInvoices, previewImport, type ListAnswers } from '#lib/server/use-cases/invoices/import-invoices.ts';
import { house } from '#lib/server/wiring.ts';
import type { Actions } from './$types';

/** What was said of each list: `liste.0.cle`, its columns in order, its dates, the name of its source. */
function answersOf(form: FormData): ListAnswers {
	const answers: ListAnswers = {};
	for (let n = 0; form.has(`liste.${n}.cle`); n += 1) {
		const headers = form.getAll(`liste.${n}.entete`).map(String);
		const chosen = form.getAll(`liste.${n}.colonne`).map(String);
		const dates = form.get(`liste.${n}.dates`);
		answers[String(form.get(`liste.${n}.cle`))] = {
			name: String(form.get(`liste.${n}.nom`) ?? '').slice(0, 60),
			columns: Object.fromEntries(headers.map((header, i) => [header, chosen[i] ?? ''])),
			dateOrder: dates === 'dmy' || dates === 'mdy' ? dates : null
		};
	}
	return answers;
}

export const actions: Actions = {
	apercu: async (event) => {
		const scope = requireMember(event);
		const { files, form } = await filesOf(event.request);
		if (!files.length) return fail(400, { problem: 'no_file' });
		const result = await previewImport((await house()).services, scope, files, answersOf(form));
		return result.ok ? { step: 'preview' as const, ...result.value } : failWith(result.refusal, event.locals.locale);
	},
	importer: async (event) => {
		const scope = requireMember(event);
		const { files, form } = await filesOf(event.request);
		if (!files.length) return fail(400, { problem: 'no_file' });
		const result = await importInvoices((await house()).services, scope, files, {
			sendMails: form.get('envoyer') === 'oui',
			acceptReview: form.get('verifiees') === 'oui',
			answers: answersOf(form)
		});
		return result.ok ? { step: 'done' as const, lines: result.value } : failWith(result.refusal, event.locals.locale);
	}
};
