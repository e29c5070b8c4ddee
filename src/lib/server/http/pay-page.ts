// The page of a pay link, read in its scope. null: the invoice is not there any more.
import type { RequestEvent } from '@sveltejs/kit';
import type { PayPageView } from '../../contract/pay-page.ts';
import type { Scope } from '../../domain/access/scope.ts';
import { required } from '../../domain/required.ts';
import { noCookiesText } from '../../i18n/no-cookies.ts';
import { readPayView } from '../use-cases/payments/read-pay-view.ts';
import { house } from '../wiring.ts';

export async function readPayPage(
	{ locals }: Pick<RequestEvent, 'locals'>,
	scope: Scope,
	stripeMayCome: boolean
): Promise<PayPageView | null> {
	const { services } = await house();
	const result = await readPayView(
		services,
		scope,
		[required(scope.invoiceId, 'invoice of a pay link')],
		locals.locale
	);
	return result.ok
		? { view: result.value, stripeMayCome, noCookies: stripeMayCome ? null : noCookiesText(locals.locale) }
		: null;
}
