// Mends a fault of postgres.js 3.4.9 in the installed copy, until it is mended there: decision 0031. Runs after every `npm ci` and before every start.
// Plain JavaScript without a dependency, because it runs while packages are being installed.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const file = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../node_modules/postgres/src/connection.js');

/** Each text stands there once; what takes its place. @type {[string, string][]} */
const MENDINGS = [
	// A write that was put off meets a connection that has closed meanwhile: the queries are told so, and the process lives.
	[
		`  function nextWrite(fn) {
    const x = socket.write(chunk, fn)`,
		`  function nextWrite(fn) {
    // Mended by Ponctuel: github.com/porsager/postgres/issues/1066, 1154, 1208.
    if (socket === null) {
      nextWriteTimer !== null && clearImmediate(nextWriteTimer)
      chunk = nextWriteTimer = null
      const gone = Errors.connection('CONNECTION_CLOSED', options)
      query && (queryError(query, gone), query = null)
      while (sent.length)
        queryError(sent.shift(), gone)
      return true
    }
    const x = socket.write(chunk, fn)`
	],
	// What was not written yet belongs to the connection that closed: the next one would begin with it, and never be answered.
	[
		`    clearImmediate(nextWriteTimer)
    socket.removeListener('data', data)`,
		`    clearImmediate(nextWriteTimer)
    chunk = nextWriteTimer = null
    socket.removeListener('data', data)`
	],
	// Why a connection was ended came before its end, and was kept for the first question on the next one, which failed with it.
	[
		`    socket.removeAllListeners()
    socket = null

    if (initial)`,
		`    socket.removeAllListeners()
    socket = null
    errorResponse = null

    if (initial)`
	],
	[
		`    clearImmediate(nextWriteTimer)
    if (socket) {`,
		`    clearImmediate(nextWriteTimer)
    chunk = nextWriteTimer = null
    if (socket) {`
	],
	// A new connection first asks for the types of arrays. One that is lost before they are answered is nobody's error: what it was opened for is told, or asked again.
	[
		`    \`], [], execute)
    types.forEach(`,
		`    \`], [], execute).catch(() => [])
    types.forEach(`
	]
];

const installed = readFileSync(file, 'utf8');
let text = installed;
for (const [before, after] of MENDINGS) {
	// A copy that an older version of this script mended lacks the newer ones.
	if (text.includes(after)) continue;
	if (text.split(before).length !== 2) {
		console.error(
			'\n  The installed postgres.js is not the one that src/scripts/mend-postgres.mjs knows. Read decision 0031: mended there, this script goes; else it is adapted.\n'
		);
		process.exit(1);
	}
	text = text.replace(before, () => after);
}
// Whole or not at all, and never through a hard link into somebody else's copy.
if (text !== installed) {
	writeFileSync(`${file}.new`, text);
	renameSync(`${file}.new`, file);
}
