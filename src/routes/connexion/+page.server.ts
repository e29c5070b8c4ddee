// Signing in: an address, then the code (or the link) of the mail. The answer is the same for every address.
import { fail, redirect } from '@sveltejs/kit';
import * as v from 'valibot';
import { AskSignIn, SignInCode } from '#lib/contract/access.ts';
import { failWith } from '#lib/server/http/answer.ts';
import { ensureBrowserSecret, readBrowserSecret } from '#lib/server/http/browser-secret.ts';
import { safeNext } from '#lib/server/http/guards.ts';
import { openSession } from '#lib/server/http/open-session.ts';
import { requestSignIn } from '#lib/server/use-cases/access/request-sign-in.ts';
import { signInByCode } from '#lib/server/use-cases/access/sign-in.ts';
import { house } from '#lib/server/wiring.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url, cookies }) => {
	if (locals.scope) redirect(303, locals.scope.actor.kind === 'member' ? '/admin' : '/portail');
	// Before the page's script asks for a challenge: one secret, however many answers cross each other.
	ensureBrowserSecret(cookies, (await house()).services.config.origin);
	return { next: safeNext(url.searchParams.get('suite')) };
};

export const actions: Actions = {
	demander: async ({ request, cookies, locals, getClientAddress }) => {
		const values = Object.fromEntries(await request.formData()) as Record<string, string>;
		const read = v.safeParse(AskSignIn, values);
		if (!read.success) return fail(400, { step: 'address', email: String(values.email ?? ''), problem: 'email' });
		const { services } = await house();
		const browserSecret = ensureBrowserSecret(cookies, services.config.origin);
		const result = await requestSignIn(services, {
			email: read.output.email,
			browserSecret,
			ip: getClientAddress(),
			locale: locals.locale
		});
		return result.ok ? { step: 'code', email: read.output.email } : failWith(result.refusal, locals.locale);
	},
	code: async (event) => {
		const values = Object.fromEntries(await event.request.formData()) as Record<string, string>;
		const read = v.safeParse(SignInCode, values);
		if (!read.success) return fail(400, { step: 'code', email: String(values.email ?? ''), problem: 'code' });
		const { services } = await house();
		const result = await signInByCode(services, {
			code: read.output.code,
			browserSecret: readBrowserSecret(event.cookies, services.config.origin),
			ip: event.getClientAddress()
		});
		if (!result.ok) return fail(400, { step: 'code', email: String(values.email ?? ''), problem: result.refusal.code });
		redirect(303, await openSession(event, result.value, safeNext(read.output.next), 'code'));
	}
};
