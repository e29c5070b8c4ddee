// A list that leaves the house as CSV: the one door, which notes in the security log who took it. It is written as it is read, so that it
// has no bound; cut in the middle by a fault, it ends as a broken download, never as a shorter file.
import type { Scope } from '../../domain/access/scope.ts';
import { noteSecurityEvent, whoIs } from '../store/security-events.ts';
import { house } from '../wiring.ts';

export async function csvResponse(scope: Scope, fileName: string, rows: AsyncGenerator<string>): Promise<Response> {
	const { services } = await house();
	// What fails at once is said, and is no download.
	const first = await rows.next();
	await noteSecurityEvent(services.db.system, services.clock.now(), {
		...whoIs(scope),
		kind: 'export_taken',
		detail: { file: fileName }
	});
	return new Response(streamOf(first, rows), {
		headers: {
			'content-type': 'text/csv; charset=utf-8',
			'content-disposition': `attachment; filename="${fileName}"`,
			'cache-control': 'no-store'
		}
	});
}

function streamOf(first: IteratorResult<string, void>, rows: AsyncGenerator<string>): ReadableStream<Uint8Array> {
	const encoder = new TextEncoder();
	let waiting: IteratorResult<string, void> | null = first;
	return new ReadableStream<Uint8Array>({
		// Called when the reader has room, and not before.
		async pull(controller) {
			const next = waiting ?? (await rows.next());
			waiting = null;
			if (next.done) controller.close();
			else controller.enqueue(encoder.encode(next.value));
		},
		cancel: async () => void (await rows.return(undefined))
	});
}
