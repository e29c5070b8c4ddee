// Signing in: an address, then the code (or the link) of the mail. The answer is the same for every address.
import { fail, redirect } from '@sveltejs/kit';
import * as v from 'valibot';
import { AskSignIn, SignInCode } from '#lib/contract/access.ts';
import { failWith } from '#lib/server/http/answer.ts';
import { ensureBrowserSecret, readBrowserSecret } from '#lib/server/http/browser-secret.ts';
import { safeNext } from '#lib/server/http/guards.ts';
import { KEPT_PAGE, readKeptForms } from '#lib/server/http/kept-forms.ts';
import { HOME, openSession } from '#lib/server/http/open-session.ts';
import { requestSignIn } from '#lib/server/use-cases/access/request-sign-in.ts';
import { signInByCode } from '#lib/server/use-cases/access/sign-in.ts';
import { house } from '#lib/server/wiring.ts';
import type { Actions, PageServerLoad } from './$types';

const KEPT = ['oui', 'fichiers', 'non'] as const;
export const load: PageServerLoad = async ({ locals, url, cookies }) => {
	if (locals.subject && locals.scope) {
		const { kind } = locals.subject;
		// Signed in meanwhile, in another tab: what was typed waits.
		const waits = (await readKeptForms({ cookies }, locals.subject)).length > 0;
		redirect(303, waits ? KEPT_PAGE[kind] : HOME[kind]);
	}
	// Before the page's script asks for a challenge: one secret, however many answers cross each other.
	ensureBrowserSecret(cookies, (await house()).services.config.origin);
	return {
		next: safeNext(url.searchParams.get('suite')),
		kept: KEPT.find((one) => one === url.searchParams.get('garde')) ?? null
	};
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
		return result.ok
			? { step: 'code', email: read.output.email }
			: failWith(result.refusal, locals.locale, { email: read.output.email });
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
