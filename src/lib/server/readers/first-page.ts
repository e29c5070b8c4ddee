// The first page of a PDF as a picture, for screens too small to read a PDF in. PDFium runs inside WebAssembly: a hostile file finds no machine behind it.
// Grey, at the width of a phone held upright: measured 25 to 55 kB and a tenth of a second a page, a third of the same in colour.

const WIDTH = 720;
/** A page as long as a roll of paper is shown as far as this. */
const HEIGHT_MAX = 2400;

/** PNG; null when the file has no page that can be drawn. Libraries are loaded on first use. */
export async function drawFirstPage(bytes: Uint8Array): Promise<Uint8Array | null> {
	const [{ PDFiumLibrary }, { encode }] = await Promise.all([import('@hyzyla/pdfium'), import('fast-png')]);
	library ??= PDFiumLibrary.init();
	const pdfium = await library;
	try {
		const document = await pdfium.loadDocument(bytes);
		try {
			const page = document.getPage(0);
			const { originalWidth, originalHeight } = page.getOriginalSize();
			const scale = Math.min(WIDTH / originalWidth, HEIGHT_MAX / originalHeight);
			const { width, height, data } = await page.render({ scale, render: 'bitmap', colorSpace: 'Gray' });
			return data.length > 0 && data.length === width * height
				? encode({ width, height, data, channels: 1, depth: 8 })
				: null;
		} finally {
			document.destroy();
		}
	} catch {
		return null;
	}
}
let library: Promise<import('@hyzyla/pdfium').PDFiumLibrary> | null = null;
