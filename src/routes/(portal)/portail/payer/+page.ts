// Brings along what this page needs beyond the usual.
import { standingOf } from '#lib/ui/pay/standing.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ data }) => ({ ...data, Standing: data.view && (await standingOf(data.view)) });
