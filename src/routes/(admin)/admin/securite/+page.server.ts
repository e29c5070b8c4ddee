// The security log, for owners: a page at a time, of one kind or of all.
import { error } from '@sveltejs/kit';
import { securityQueryFrom } from '#lib/contract/security.ts';
import { follows } from '#lib/server/http/follows.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { readSecurityLog } from '#lib/server/use-cases/access/read-security-log.ts';
import { house } from '#lib/server/wiring.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	// Anything may have left a line.
	follows(event, 'clients', 'imports');
	const scope = requireMember(event);
	const ask = securityQueryFrom(event.url.searchParams);
	const result = await readSecurityLog((await house()).services, scope, ask);
	if (!result.ok) error(404, 'Not found');
	return { log: result.value, kind: ask.kind, isFirst: ask.before === null };
};
