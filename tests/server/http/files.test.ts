// Files of others: bounded on their way in, and never run on their way out.
import { describe, expect, test } from 'vitest';
import { fileResponse, pictureResponse } from '#lib/server/http/file-response.ts';
import { importRequestOf } from '#lib/server/http/import-request.ts';
import { filesOf } from '#lib/server/http/uploads.ts';

function posted(files: File[]): Request {
	const form = new FormData();
	for (const file of files) form.append('fichiers', file);
	return { formData: async () => form } as unknown as Request;
}
const aFile = (name: string, bytes = 1): File => new File([new Uint8Array(bytes)], name);

describe('on their way in', () => {
	test('two hundred at once and not one more, none above twenty megabytes', async () => {
		const many = (count: number) => filesOf(posted(Array.from({ length: count }, (_, i) => aFile(`${i}.xml`))));
		expect((await many(200)).files).toHaveLength(200);
		await expect(many(201)).rejects.toMatchObject({ status: 413 });
		const most = 20 * 1024 * 1024;
		expect((await filesOf(posted([aFile('a.pdf', most)]))).files).toHaveLength(1);
		await expect(filesOf(posted([aFile('a.pdf', most + 1)]))).rejects.toMatchObject({ status: 413 });
	});
	test('a name is a name and no path, and not endless', async () => {
		const names = ['../../etc/passwd', 'C:\\temp\\facture.xml', '/a/b.xml', `${'x'.repeat(300)}.xml`];
		const { files } = await filesOf(posted(names.map((name) => aFile(name))));
		expect(files.map(({ name }) => name)).toEqual(['passwd', 'facture.xml', 'b.xml', 'x'.repeat(200)]);
	});
	test.each(['', 'a b', 'é', 'x'.repeat(256), 'a\tb'])('%j is no Idempotency-Key', async (key) => {
		const request = {
			headers: { get: (name: string) => (name === 'idempotency-key' ? key : 'application/json') },
			arrayBuffer: async () => new ArrayBuffer(0)
		} as unknown as Request;
		const answer = await importRequestOf(request);
		expect(answer instanceof Response && answer.status).toBe(400);
	});
});
describe('on their way out', () => {
	const sent = (mediaType: string, fileName = 'f') =>
		fileResponse({ content: new Uint8Array([1]), mediaType, fileName }).headers;
	test.each(['text/html', 'image/svg+xml', 'application/xml', 'text/xml', 'application/xhtml+xml', 'text/csv'])(
		'%s is downloaded, as no kind of page, and could load nothing',
		(mediaType) => {
			const headers = sent(mediaType);
			expect(headers.get('content-type')).toBe('application/octet-stream');
			expect(headers.get('content-disposition')).toMatch(/^attachment;/);
			expect(headers.get('content-security-policy')).toMatch(/default-src 'none'; sandbox/);
			expect(headers.get('x-frame-options')).toBe('DENY');
		}
	);
	test('a PDF is shown, in our own pages only', () => {
		const headers = sent('application/pdf');
		expect(headers.get('content-disposition')).toMatch(/^inline;/);
		expect(headers.get('content-security-policy')).toBe("frame-ancestors 'self'");
		expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
	});
	test('whatever it is, its kind is not guessed and no browser keeps it', () => {
		for (const headers of [sent('application/pdf'), sent('text/html'), pictureResponse(new Uint8Array([1])).headers])
			expect([headers.get('x-content-type-options'), headers.get('cache-control')]).toEqual(['nosniff', 'no-store']);
	});
	test('a name adds no header and no second name', () => {
		const hostile = 'a"; filename="b.exe\r\nset-cookie: x=1;é';
		expect(sent('text/csv', hostile).get('content-disposition')).toMatch(
			/^attachment; filename\*=UTF-8''[\w%.!~*'()-]+$/
		);
	});
});
