// The first page of an invoice's document as a picture, for the supplier.
import { isUuid } from '#lib/contract/payments.ts';
import { drawAside } from '#lib/server/http/draw-in-turn.ts';
import { orComeBack, pictureResponse } from '#lib/server/http/file-response.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { readFirstPage } from '#lib/server/use-cases/invoices/read-portal.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) => {
	const scope = requireMember(event);
	const { id } = event.params;
	const { services } = await house();
	return pictureResponse(
		isUuid(id)
			? await orComeBack(
					services,
					drawAside(scope.supplierId, () => readFirstPage(services, scope, id))
				)
			: null
	);
};
