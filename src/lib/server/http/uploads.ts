// Files of a form, within limits.
import { error } from '@sveltejs/kit';
import { FILE_MAX_BYTES, type InvoiceFile } from '../readers/file.ts';

const FILES_MAX = 200;
export async function filesOf(request: Request): Promise<{ files: InvoiceFile[]; form: FormData }> {
	const form = await request.formData();
	const uploads = form.getAll('fichiers').filter((entry): entry is File => entry instanceof File && entry.size > 0);
	if (uploads.length > FILES_MAX) error(413, `at most ${FILES_MAX} files at once`);
	if (uploads.some((upload) => upload.size > FILE_MAX_BYTES))
		error(413, `a file may weigh ${FILE_MAX_BYTES / 1024 / 1024} MB at most`);
	const files = await Promise.all(
		uploads.map(async (upload) => ({
			name: upload.name.replace(/^.*[\\/]/, '').slice(0, 200),
			bytes: new Uint8Array(await upload.arrayBuffer())
		}))
	);
	return { files, form };
}
