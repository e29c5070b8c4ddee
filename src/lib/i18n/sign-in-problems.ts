// What a form of signing in or confirming says when it was not taken: the codes of the actions, in words.
import { m } from '#lib/paraglide/messages.js';

const PROBLEMS: Record<string, () => string> = {
	email: m.email_invalid,
	code: m.code_invalid,
	code_wrong: m.refusal_code_wrong,
	other_browser: m.refusal_other_browser,
	sign_in_expired: m.refusal_sign_in_expired,
	too_many_requests: m.refusal_too_many_requests
};
export type SignInAnswer = { problem?: string; error?: { message: string } };
/** '' when nothing is wrong. */
export const signInProblem = ({ problem, error }: SignInAnswer): string =>
	error?.message ?? (problem ? (PROBLEMS[problem]?.() ?? m.error_text()) : '');
