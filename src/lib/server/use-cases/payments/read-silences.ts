// Accounts at Stripe that can't be asked, for the supplier's first page.
import type { SilenceView } from '../../../contract/admin-views.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import { listConfirmedSilences } from '../../store/stripe-accounts.ts';
import { read } from '../run.ts';

export const readSilences = (services: Services, scope: Scope): Promise<SilenceView[]> =>
	read(services, scope, async (tx) =>
		(await listConfirmedSilences(tx, scope)).flatMap(({ account, silence, silentSince, untilAt }) =>
			silence && silentSince ? [{ account, silence, since: silentSince, former: untilAt !== null }] : []
		)
	);
