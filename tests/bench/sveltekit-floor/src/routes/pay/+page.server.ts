// The pay page's questions.
import { openPayLink } from '#lib/server/access/scopes.ts';
import { readPayView } from '#lib/server/use-cases/payments/read-pay-view.ts';
import { house } from '../../services.ts';

export async function load() {
	const { services } = house();
	const access = await openPayLink(services, process.env.BENCH_TOKEN!);
	if (access?.state !== 'live') throw new Error('no live link');
	return { result: await readPayView(services, access.scope, [access.scope.invoiceId!]) };
}
