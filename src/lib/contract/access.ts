// What people type to sign in.
import * as v from 'valibot';
import { mailboxOf } from '../domain/mail/mailbox.ts';

const Email = v.pipe(
	v.string(),
	v.transform((text) => mailboxOf(text)),
	v.string()
);
export const AskSignIn = v.object({ email: Email });
const Code = v.pipe(
	v.string(),
	v.transform((text) => text.replace(/\D/g, '')),
	v.regex(/^\d{6}$/)
);
export const SignInCode = v.object({ code: Code, next: v.optional(v.string(), '') });
export const LinkCode = v.object({
	code: v.optional(
		v.union([
			Code,
			v.pipe(
				v.literal(''),
				v.transform(() => null)
			)
		]),
		''
	)
});
