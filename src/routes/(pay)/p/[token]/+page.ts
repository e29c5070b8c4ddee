// Drawn by the server alone: what makes the page live is src/lib/payer/start.ts, which brings the framework when somebody wants to pay.
import { standingOf } from '#lib/ui/pay/standing.ts';
import type { PageLoad } from './$types';

export const csr = false;
export const load: PageLoad = async ({ data }) => ({
	...data,
	Standing: data.page ? await standingOf(data.page.view) : null
});
