// Where a bank's page sends people back. Writes nothing and believes nothing of the address: it only finds the way back.
import { redirect } from '@sveltejs/kit';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ cookies }) => {
	const back = cookies.get('ponctuel_back') ?? '';
	if (/^\/(p\/[\w-]{43}|portail\/payer\?[\w=&-]+|portail)$/.test(back)) redirect(303, back);
};
