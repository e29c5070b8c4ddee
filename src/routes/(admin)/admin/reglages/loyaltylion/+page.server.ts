// LoyaltyLion: connected or not, what was said there, what waits or was refused.
import { error } from '@sveltejs/kit';
import { cursorFrom } from '#lib/contract/lists.ts';
import { loyaltyKeyFrom } from '#lib/contract/loyalty.ts';
import { isUuid } from '#lib/contract/payments.ts';
import { isFreshlyProven } from '#lib/domain/access/fresh-proof.ts';
import { failWith } from '#lib/server/http/answer.ts';
import { follows } from '#lib/server/http/follows.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import {
	connectLoyalty,
	disconnectLoyalty,
	pauseLoyalty,
	resumeLoyalty
} from '#lib/server/use-cases/loyalty/connect-loyalty.ts';
import { mendRow } from '#lib/server/use-cases/loyalty/mend-row.ts';
import { readLoyalty } from '#lib/server/use-cases/loyalty/read-loyalty.ts';
import { house } from '#lib/server/wiring.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	follows(event, 'clients');
	const scope = requireMember(event);
	const { services } = await house();
	const { searchParams } = event.url;
	return {
		loyalty: await readLoyalty(services, scope, {
			open: cursorFrom(searchParams, 'attente'),
			settled: cursorFrom(searchParams, 'envoye')
		}),
		isProven: isFreshlyProven(scope.actor, services.clock.now())
	};
};

export const actions: Actions = {
	// A key does not wait among the kept forms: it is typed again once the person has proved to be there.
	connecter: async (event) => {
		const scope = requireMember(event);
		const read = loyaltyKeyFrom(await event.request.formData());
		if (!read.ok) return failWith({ code: 'input_invalid', detail: { field: read.field } }, event.locals.locale);
		const result = await connectLoyalty((await house()).services, scope, read.value);
		return result.ok ? { did: 'connected' as const } : failWith(result.refusal, event.locals.locale);
	},
	pause: async (event) => {
		const scope = requireMember(event);
		const result = await pauseLoyalty((await house()).services, scope);
		return result.ok ? { did: 'paused' as const } : failWith(result.refusal, event.locals.locale);
	},
	reprendre: async (event) => {
		const scope = requireMember(event);
		const result = await resumeLoyalty((await house()).services, scope);
		return result.ok ? { did: 'resumed' as const } : failWith(result.refusal, event.locals.locale);
	},
	deconnecter: async (event) => {
		const scope = requireMember(event);
		const result = await disconnectLoyalty((await house()).services, scope);
		return result.ok ? { did: 'disconnected' as const } : failWith(result.refusal, event.locals.locale);
	},
	ligne: async (event) => {
		const scope = requireMember(event);
		const form = await event.request.formData();
		const rowId = String(form.get('ligne') ?? '');
		if (!isUuid(rowId)) error(404, 'Not found');
		const mending = form.get('geste') === 'laisser' ? 'skip' : 'retry';
		const result = await mendRow((await house()).services, scope, rowId, mending);
		return result.ok
			? { did: mending === 'skip' ? ('skipped' as const) : ('retried' as const) }
			: failWith(result.refusal, event.locals.locale);
	}
};
