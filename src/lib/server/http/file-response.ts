// A supplier's file on its way to a person: never run, never framed by others, a PDF shown, everything else downloaded.
import { error } from '@sveltejs/kit';
import { StorageProblem } from '../gateways/storage/port.ts';
import type { Services } from '../services.ts';

/** A document whose storage does not answer, or answers no: 503, said in the log, and never "no such document". One that is damaged or gone is an error of ours (500). */
export const orComeBack = <T>({ log }: Services, file: Promise<T>): Promise<T> =>
	file.catch((problem: unknown) => {
		if (!(problem instanceof StorageProblem) || problem.kind === 'damaged' || problem.kind === 'missing') throw problem;
		log.error({ err: problem }, 'a document could not be read');
		error(503, 'The storage of documents does not answer');
	});

export function fileResponse(file: { content: Uint8Array; mediaType: string; fileName: string } | null): Response {
	if (!file) error(404, 'Not found');
	const isPdf = file.mediaType === 'application/pdf';
	const name = encodeURIComponent(file.fileName);
	return new Response(Uint8Array.from(file.content), {
		headers: {
			'content-type': isPdf ? 'application/pdf' : 'application/octet-stream',
			'content-disposition': `${isPdf ? 'inline' : 'attachment'}; filename*=UTF-8''${name}`,
			// A sandboxed PDF would not open in Chrome's viewer; our own pages show it. Everything else is downloaded, and could not run anyway.
			'content-security-policy': isPdf
				? "frame-ancestors 'self'"
				: "default-src 'none'; sandbox; frame-ancestors 'none'",
			'x-frame-options': isPdf ? 'SAMEORIGIN' : 'DENY',
			'x-content-type-options': 'nosniff',
			'cache-control': 'no-store'
		}
	});
}

/** A picture that we drew ourselves. The browser keeps none: after a session has ended, elsewhere too, nothing of it may be seen here. */
export function pictureResponse(picture: Uint8Array | null): Response {
	if (!picture) error(404, 'Not found');
	return new Response(Uint8Array.from(picture), {
		headers: {
			'content-type': 'image/png',
			'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
			'x-content-type-options': 'nosniff',
			'cache-control': 'no-store'
		}
	});
}

/** A picture that may be seen by anybody, under an address that is never another's: kept for a year by whoever likes, shown in mails too. Its own type and no other. */
export function publicPictureResponse(picture: { content: Uint8Array; mediaType: string } | null): Response {
	if (!picture) error(404, 'Not found');
	return new Response(Uint8Array.from(picture.content), {
		headers: {
			'content-type': picture.mediaType,
			'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
			'x-content-type-options': 'nosniff',
			'cross-origin-resource-policy': 'cross-origin',
			'cache-control': 'public, max-age=31536000, immutable'
		}
	});
}
