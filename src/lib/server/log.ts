// Structured logs, one JSON object a line. Tokens, addresses of links, cookies and bank details never get in.
import { pino, stdSerializers, type Logger, type LoggerOptions } from 'pino';

/** Doors are opened by what follows them, readable or not. (`+page…` and `[token]` are names of our own files, in a stack.) */
const AFTER_DOOR = /\/(p|connexion)\/(?![+[])[^\s/?#"']+/gi;
/** Our tokens are 43 characters of base64url, alone or with something stuck to them (a mail program's percent sign); ids are 36. */
const TOKEN_LIKE = /(?:[\w-]|%[\da-f]{2}){40,}/gi;
/** Tokens sit in paths: they are cut before a path, a message or a stack is logged. */
export const withoutTokens = (text: string): string =>
	text.replace(AFTER_DOOR, '/$1/[token]').replace(TOKEN_LIKE, '[token]');
const scrub = (text: string): string =>
	withoutTokens(text)
		.replace(/\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){3,7}\b/g, '[iban]')
		.replace(/\b(sk|rk|whsec|pk)_\w+/g, '[key]')
		.replace(/_secret_\w+/g, '_secret_[cut]');

/** Lines kept while nothing can be written; further ones are left out, counted, and the count is a line when there is room again. */
const KEPT_BYTES = 1024 * 1024;

/** Money is worth more than its log: a full disk under it, or a reader that has gone, ends no process. */
export function openLog(level: string, fd: number = process.stdout.fd ?? 1): Logger {
	// One byte as the least to write at once: with none, flush() does nothing.
	const output = pino.destination({ dest: fd, sync: true, minLength: 1, maxLength: KEPT_BYTES });
	const log = pino(optionsAt(level), output);
	let lost = 0;
	output.on('error', () => {});
	output.on('drop', () => {
		lost += 1;
		// A line that finds no place asks nobody whether there is room by now.
		output.flush();
	});
	output.on('drain', () => {
		if (!lost) return;
		log.warn({ lost }, 'lines of the log were left out: nothing could be written');
		lost = 0;
	});
	return log;
}

const optionsAt = (level: string): LoggerOptions => ({
	level,
	base: { app: 'ponctuel', pid: process.pid },
	serializers: {
		// A PostgreSQL error carries its whole client; parameters may hold personal data.
		err: (error: Error & { code?: string; cause?: { message?: string; code?: string } }) => {
			const { type, message, stack } = stdSerializers.err(error);
			return {
				type,
				message: scrub(message.split('\nparams:')[0] ?? ''),
				code: error.code ?? error.cause?.code,
				cause: error.cause?.message ? scrub(error.cause.message) : undefined,
				stack: scrub((stack ?? '').replace(/\nparams:.*/g, ''))
			};
		}
	},
	redact: { paths: ['*.token', '*.email', '*.iban', 'cookie', 'authorization'], censor: '[cut]' }
});
