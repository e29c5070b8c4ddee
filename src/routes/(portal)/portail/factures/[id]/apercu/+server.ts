// The first page of the supplier's own document, as a picture.
import { isUuid } from '#lib/contract/payments.ts';
import { drawAside } from '#lib/server/http/draw-in-turn.ts';
import { orComeBack, pictureResponse } from '#lib/server/http/file-response.ts';
import { requireContact } from '#lib/server/http/guards.ts';
import { readFirstPage } from '#lib/server/use-cases/invoices/read-portal.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) => {
	const scope = requireContact(event);
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
