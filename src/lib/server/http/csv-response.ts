// A list that leaves the house as CSV: the one door, which notes in the security log who took it.
import type { Scope } from '../../domain/access/scope.ts';
import { noteSecurityEvent, whoIs } from '../store/security-events.ts';
import { house } from '../wiring.ts';

export async function csvResponse(
	scope: Scope,
	fileName: string,
	content: string | ReadableStream<Uint8Array>
): Promise<Response> {
	const { services } = await house();
	await noteSecurityEvent(services.db.system, services.clock.now(), {
		...whoIs(scope),
		kind: 'export_taken',
		detail: { file: fileName }
	});
	return new Response(content, {
		headers: {
			'content-type': 'text/csv; charset=utf-8',
			'content-disposition': `attachment; filename="${fileName}"`,
			'cache-control': 'no-store'
		}
	});
}
