// Some files of an import that a page sends in several goes; `fin` comes with the last.
import { isUuid } from '#lib/contract/payments.ts';
import { answerJson } from '#lib/server/http/answer.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { filesOf } from '#lib/server/http/uploads.ts';
import { receiveFiles } from '#lib/server/use-cases/imports/receive-files.ts';
import { refuse } from '#lib/server/use-cases/run.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async (event) => {
	const scope = requireMember(event);
	const { files, form } = await filesOf(event.request);
	const importId = String(form.get('import') ?? '');
	const result = isUuid(importId)
		? await receiveFiles((await house()).services, scope, { importId, files, isLast: form.get('fin') === 'oui' })
		: refuse('input_invalid', { field: 'import' });
	return answerJson(result, event.locals.locale, () => ({ import_id: importId }));
};
