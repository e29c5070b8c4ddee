// Files in: preview first, exactly what will be; one confirmation keeps them. Files are sent again with the confirmation: nothing waits on the server.
import { fail } from '@sveltejs/kit';
import { failWith } from '#lib/server/http/answer.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { filesOf } from '#lib/server/http/uploads.ts';
import { importInvoices, previewImport } from '#lib/server/use-cases/invoices/import-invoices.ts';
import { house } from '#lib/server/wiring.ts';
import type { Actions } from './$types';

export const actions: Actions = {
	apercu: async (event) => {
		const scope = requireMember(event);
		const { files } = await filesOf(event.request);
		if (!files.length) return fail(400, { problem: 'no_file' });
		const result = await previewImport((await house()).services, scope, files);
		return result.ok
			? { step: 'preview' as const, lines: result.value }
			: failWith(result.refusal, event.locals.locale);
	},
	importer: async (event) => {
		const scope = requireMember(event);
		const { files, form } = await filesOf(event.request);
		if (!files.length) return fail(400, { problem: 'no_file' });
		const result = await importInvoices((await house()).services, scope, files, {
			sendMails: form.get('envoyer') === 'oui',
			acceptReview: form.get('verifiees') === 'oui'
		});
		return result.ok ? { step: 'done' as const, lines: result.value } : failWith(result.refusal, event.locals.locale);
	}
};
