// Brings along what this page needs beyond the usual.
import { standingOf } from '#lib/ui/pay/standing.ts';
import { bring } from '#lib/client/renew.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ data }) => ({
	...data,
	Standing: data.view ? await standingOf(data.view) : null,
	StaleLink: data.stale ? (await bring(() => import('#lib/ui/pay/StaleLink.svelte'))).default : null
});
