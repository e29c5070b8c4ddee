// Files in, without scripts in one go; and the imports so far.
import { fail, redirect } from '@sveltejs/kit';
import { failWith } from '#lib/server/http/answer.ts';
import { follows } from '#lib/server/http/follows.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { cursorFrom } from '#lib/contract/lists.ts';
import { filesOf } from '#lib/server/http/uploads.ts';
import { newId } from '#lib/server/identity.ts';
import { readImports } from '#lib/server/use-cases/imports/read-import.ts';
import { receiveFiles } from '#lib/server/use-cases/imports/receive-files.ts';
import { house } from '#lib/server/wiring.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	follows(event, 'imports');
	return {
		imports: await readImports(
			(await house()).services,
			requireMember(event),
			cursorFrom(event.url.searchParams, 'apres')
		)
	};
};

export const actions: Actions = {
	default: async (event) => {
		const scope = requireMember(event);
		const { files } = await filesOf(event.request);
		if (!files.length) return fail(400, { problem: 'no_file' });
		const importId = newId();
		const result = await receiveFiles((await house()).services, scope, { importId, files, isLast: true });
		if (!result.ok) return failWith(result.refusal, event.locals.locale);
		redirect(303, `/admin/import/${importId}`);
	}
};
