// From a use case's result to an HTTP answer, for pages (fail) and for JSON.
import { fail, json } from '@sveltejs/kit';
import { refusalText } from '../../i18n/refusals.ts';
import type { Locale } from '../../domain/money/format.ts';
import type { Refusal } from '../../contract/refusals.ts';
import type { Result } from '../use-cases/run.ts';
import { requestContext } from '../request-context.ts';
import { statusOf } from './refusal-status.ts';

export function refusalBody(refusal: Refusal, locale: Locale) {
	const context = requestContext();
	if (context) context.refusal = refusal.code;
	return { error: { code: refusal.code, message: refusalText(refusal, locale), detail: refusal.detail } };
}
export const answerJson = <T>(
	result: Result<T>,
	locale: Locale,
	shape: (value: T) => unknown = (value) => value
): Response =>
	result.ok
		? json(shape(result.value))
		: json(refusalBody(result.refusal, locale), { status: statusOf(result.refusal.code) });
export const failWith = (refusal: Refusal, locale: Locale, values: Record<string, string> = {}) =>
	fail(statusOf(refusal.code), { ...refusalBody(refusal, locale), values });
