// Reads a body up to its limit, counts its fields, and parses it once; whoever asks for the form or the JSON of a request gets that, or a refusal.
import { MIMEType } from 'node:util';
import type { BodyLimit } from './body-limits.ts';

export type Body =
	| { kind: 'form'; form: FormData }
	| { kind: 'json'; value: unknown; bytes: Buffer<ArrayBuffer> }
	| { kind: 'raw'; bytes: Buffer<ArrayBuffer> }
	| { kind: 'refused'; status: 400 | 413 | 415 };

const refused = (status: 400 | 413 | 415): Body => ({ kind: 'refused', status });
const FORM = /^(application\/x-www-form-urlencoded|multipart\/form-data)\s*(;|$)/i;
const JSON_TYPE = /^application\/([\w.-]+\+)?(json|csp-report)\s*(;|$)/i;

/** A form may have nothing in it but its button: then it comes without a body. */
export const isForm = (request: Request): boolean => FORM.test(request.headers.get('content-type') ?? '');

export async function readBody(request: Request, limit: BodyLimit, isRaw: boolean): Promise<Body> {
	const type = request.headers.get('content-type') ?? '';
	const isAForm = FORM.test(type);
	const isJson = JSON_TYPE.test(type) && !isRaw;
	if (!isAForm && !isJson && !isRaw) return refused(415);
	// No limit reaches what is said to be larger; what says nothing (chunked) or lies is counted on its way.
	if (Number(request.headers.get('content-length') ?? 0) > limit.bytes) return refused(413);
	const bytes = await bytesUpTo(limit.bytes, request.body);
	if (bytes === null) return refused(400);
	if (bytes.length > limit.bytes) return refused(413);
	if (isAForm && (limit.fields || !isRaw)) return formOf(bytes, type, limit);
	return isJson ? jsonOf(bytes) : { kind: 'raw', bytes };
}

/** One byte over the limit ends the reading; null for a body that never came whole. The rest is left where it is: to cancel would cut the answer off. */
async function bytesUpTo(limit: number, body: ReadableStream<Uint8Array> | null): Promise<Buffer<ArrayBuffer> | null> {
	const parts: Uint8Array[] = [];
	let size = 0;
	try {
		const reader = body?.getReader();
		while (reader && size <= limit) {
			const { done, value } = await reader.read();
			if (done) break;
			size += value.length;
			parts.push(value);
		}
	} catch {
		return null;
	}
	return Buffer.concat(parts);
}

/** Node's parser takes time by the square of the fields: they are counted first. */
async function formOf(bytes: Buffer<ArrayBuffer>, type: string, limit: BodyLimit): Promise<Body> {
	try {
		const { essence, params } = new MIMEType(type);
		const mark = essence === 'multipart/form-data' ? `--${params.get('boundary') ?? ''}` : '&';
		if (occurrences(bytes, mark, limit.fields) > limit.fields) return refused(413);
		const form = await new Response(bytes, { headers: { 'content-type': type } }).formData();
		for (const [name, value] of form)
			if (!isText(name) || !isText(typeof value === 'string' ? value : value.name)) return refused(400);
		return { kind: 'form', form };
	} catch {
		return refused(400);
	}
}
function occurrences(bytes: Buffer, mark: string, enough: number): number {
	let count = 0;
	for (let at = bytes.indexOf(mark); at !== -1 && count <= enough; at = bytes.indexOf(mark, at + mark.length)) count++;
	return count;
}
function jsonOf(bytes: Buffer<ArrayBuffer>): Body {
	try {
		let isClean = true;
		const value: unknown = JSON.parse(bytes.toString(), (key, part: unknown) => {
			isClean &&= isText(key) && (typeof part !== 'string' || isText(part));
			return part;
		});
		return isClean ? { kind: 'json', value, bytes } : refused(400);
	} catch {
		return refused(400);
	}
}
/** PostgreSQL keeps no NUL, and UTF-8 no half of a character. */
const isText = (text: string): boolean => !text.includes('\0') && text.isWellFormed();
