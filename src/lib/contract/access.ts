// What people type to sign in.
import * as v from 'valibot';

const Email = v.pipe(v.string(), v.trim(), v.toLowerCase(), v.maxLength(254), v.rfcEmail());
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
