// What stands around every screen of the supplier: who it is, who looks, what they may.
import type { AdminFrame } from '../../../contract/admin-views.ts';
import { may, type Scope } from '../../../domain/access/scope.ts';
import { type CivilDate, civilDateIn } from '../../../domain/calendar/civil-date.ts';
import type { Services } from '../../services.ts';
import type { Tx } from '../../store/database.ts';
import { findMember } from '../../store/members.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { supplierView } from '../invoices/views.ts';
import { read } from '../run.ts';

export async function readAdminFrame(services: Services, scope: Scope): Promise<AdminFrame> {
	return read(services, scope, async (tx) => {
		const { actor } = scope;
		const person = actor.kind === 'member' ? await findMember(tx, scope, actor.memberId) : null;
		return {
			supplier: supplierView(await getSupplier(tx, scope)),
			personName: person?.name ?? '',
			role: person?.role ?? 'read_only',
			mayRefund: may(actor, 'refund'),
			mayPublish: may(actor, 'publish_offers')
		};
	});
}

export const todayOf = async (services: Services, tx: Tx, scope: Scope): Promise<CivilDate> =>
	civilDateIn(services.clock.now(), (await getSupplier(tx, scope)).timeZone);
