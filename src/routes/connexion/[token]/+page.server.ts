// The link of a sign-in mail. Opening it changes nothing; a button signs in, in the browser that asked; any other types the code.
import { fail, redirect } from '@sveltejs/kit';
import * as v from 'valibot';
import { LinkCode } from '#lib/contract/access.ts';
import { readBrowserSecret } from '#lib/server/http/browser-secret.ts';
import { openSession } from '#lib/server/http/open-session.ts';
import { readLink, signInByLink } from '#lib/server/use-cases/access/sign-in.ts';
import { house } from '#lib/server/wiring.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, cookies }) => {
	const { services } = await house();
	return { state: await readLink(services, params.token, readBrowserSecret(cookies, services.config.origin)) };
};

export const actions: Actions = {
	default: async (event) => {
		const read = v.safeParse(LinkCode, Object.fromEntries(await event.request.formData()));
		if (!read.success) return fail(400, { problem: 'code' });
		const { services } = await house();
		const result = await signInByLink(services, {
			token: event.params.token,
			code: read.output.code || null,
			browserSecret: readBrowserSecret(event.cookies, services.config.origin),
			ip: event.getClientAddress()
		});
		if (!result.ok) return fail(400, { problem: result.refusal.code as string });
		redirect(303, await openSession(event, result.value, null, 'link'));
	}
};
