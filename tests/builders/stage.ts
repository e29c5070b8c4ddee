// What tests at one supplier look at again and again, and how their days go by. `at` is asked each time: these are made before the house is open.
import { addDays, civilDateIn, type CivilDate } from '#lib/domain/calendar/civil-date.ts';
import type { Minor } from '#lib/domain/money/minor.ts';
import { required } from '#lib/domain/required.ts';
import type { Tx } from '#lib/server/store/database.ts';
import { findInvoice, type InvoiceRecord } from '#lib/server/store/invoices.ts';
import { listPlansOfInvoices, type PlanWithInstalments } from '#lib/server/store/plans.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { reconcileRecent } from '#lib/server/use-cases/payments/reconcile.ts';
import type { TestHouse } from '../setup/house.ts';
import type { Cast } from './parties.ts';

export function stageOf(at: () => { house: TestHouse; cast: Pick<Cast, 'system'> }) {
	const asSystem = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => {
		const { house, cast } = at();
		return inScope(house.services.db, cast.system, work);
	};
	const inDays = (days: number): CivilDate =>
		addDays(civilDateIn(at().house.services.clock.now(), 'Europe/Paris'), days);
	const invoiceNow = async (invoiceId: string): Promise<InvoiceRecord> =>
		required(await asSystem((tx) => findInvoice(tx, at().cast.system, invoiceId)), 'invoice');
	const balanceOf = async (invoiceId: string): Promise<Minor> => (await invoiceNow(invoiceId)).balanceMinor;
	/** The first of its plans, whatever became of it. */
	const planOf = async (invoiceId: string): Promise<PlanWithInstalments> => {
		const plans = await asSystem((tx) => listPlansOfInvoices(tx, at().cast.system, [invoiceId], { running: false }));
		return required(plans[0], 'plan');
	};
	/** Days on which the worker has its turn. */
	async function days(count: number, eachDay?: () => Promise<unknown>): Promise<void> {
		const { house } = at();
		for (let day = 0; day < count; day++) {
			await house.advance(1);
			await eachDay?.();
			await house.drain();
		}
	}
	return {
		asSystem,
		inDays,
		today: (): CivilDate => inDays(0),
		invoiceNow,
		balanceOf,
		planOf,
		/** Where each instalment of it stands. */
		partsOf: async (invoiceId: string) => (await planOf(invoiceId)).instalments.map((instalment) => instalment.status),
		days,
		/** Days as in life: what Stripe has to say is asked for as well. */
		live: (count: number) => days(count, () => reconcileRecent(at().house.services, 3)),
		mailsAbout: (words: RegExp) => at().house.world.mailbox.mails.filter((mail) => words.test(mail.subject))
	};
}
