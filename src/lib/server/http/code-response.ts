// The transfer code of an invoice, as an SVG drawn by us.
import { error } from '@sveltejs/kit';
import { isUuid } from '../../contract/payments.ts';
import type { Scope } from '../../domain/access/scope.ts';
import { readTransferCode } from '../use-cases/payments/transfer-code.ts';
import { house } from '../wiring.ts';

export async function codeResponse(scope: Scope, invoiceId: string): Promise<Response> {
	const svg = isUuid(invoiceId) ? await readTransferCode((await house()).services, scope, invoiceId) : null;
	if (!svg) error(404, 'Not found');
	return new Response(svg, {
		headers: {
			'content-type': 'image/svg+xml',
			'cache-control': 'no-store',
			'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
		}
	});
}
