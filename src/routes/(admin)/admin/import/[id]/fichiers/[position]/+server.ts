// A file of an import, as it came.
import { isUuid } from '#lib/contract/payments.ts';
import { fileResponse } from '#lib/server/http/file-response.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { readImportFile } from '#lib/server/use-cases/imports/read-import.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) => {
	const scope = requireMember(event);
	const { id, position } = event.params;
	const isAsked = isUuid(id) && /^\d{1,6}$/.test(position);
	return fileResponse(isAsked ? await readImportFile((await house()).services, scope, id, Number(position)) : null);
};
