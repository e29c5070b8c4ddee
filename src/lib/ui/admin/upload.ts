// Many files, sent a few at a time: each sending may be repeated, for the server keeps a file once.
const FILES_AT_ONCE = 40;
const BYTES_AT_ONCE = 16 * 1024 * 1024;
const TRIES = 4;
const WAIT_MS = 1000;

/** Files of a drop, those inside folders too (https://developer.mozilla.org/docs/Web/API/FileSystemDirectoryReader). */
export async function filesOfDrop(data: DataTransfer): Promise<File[]> {
	const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
	if (!entries.length) return [...data.files];
	return (await Promise.all(entries.map(filesOfEntry))).flat();
}
async function filesOfEntry(entry: FileSystemEntry): Promise<File[]> {
	if (entry.name.startsWith('.')) return [];
	if (entry.isFile)
		return [await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))];
	const reader = (entry as FileSystemDirectoryEntry).createReader();
	const files: File[] = [];
	for (;;) {
		// A reader gives at most a hundred entries at a time.
		const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
		if (!some.length) return files;
		files.push(...(await Promise.all(some.map(filesOfEntry))).flat());
	}
}

/** Each by itself: archives of one go share the room that they may unpack to. */
const isArchive = (file: File): boolean => /\.zip$/i.test(file.name);
function* groupsOf(files: File[]): Generator<File[]> {
	let group: File[] = [];
	let bytes = 0;
	for (const file of files) {
		const isFull = group.length >= FILES_AT_ONCE || bytes + file.size > BYTES_AT_ONCE;
		const [first] = group;
		if (first && (isFull || isArchive(file) || isArchive(first))) {
			yield group;
			[group, bytes] = [[], 0];
		}
		group.push(file);
		bytes += file.size;
	}
	yield group;
}

/** The server understood, and says why not. */
export class Refused extends Error {}
/** Sends them to `url` under one new id, which is the answer. Throws when the server can't be reached, or refuses. */
export async function sendFiles(url: string, files: File[], told: (sent: number) => void): Promise<string> {
	const importId = crypto.randomUUID();
	let sent = 0;
	for (const group of groupsOf(files)) {
		const form = new FormData();
		form.set('import', importId);
		if (sent + group.length === files.length) form.set('fin', 'oui');
		for (const file of group) form.append('fichiers', file, file.name);
		await post(url, form);
		sent += group.length;
		told(sent);
	}
	return importId;
}
async function post(url: string, form: FormData): Promise<void> {
	for (let attempt = 1; ; attempt++) {
		const answer = await fetch(url, { method: 'POST', body: form, headers: { accept: 'application/json' } }).catch(
			() => null
		);
		if (answer?.ok) return;
		const mayHelp = answer === null || answer.status >= 500;
		if (!mayHelp) {
			const told = (await answer.json().catch(() => null)) as { error?: { message?: string } } | null;
			if (told?.error?.message) throw new Refused(told.error.message);
		}
		if (!mayHelp || attempt === TRIES) throw new Error(`not sent: ${answer?.status ?? 'no answer'}`);
		await new Promise((done) => setTimeout(done, WAIT_MS * attempt));
	}
}
