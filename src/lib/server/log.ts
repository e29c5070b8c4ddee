// Structured logs, one JSON object a line. Tokens, addresses of links, cookies and bank details never get in.
import { pino, stdSerializers, type Logger } from 'pino';

/** Tokens sit in paths (/p/…, /connexion/…) and queries: both are cut before a path is logged. */
export const safePath = (pathname: string): string => pathname.replace(/^\/(p|connexion)\/[^/]+/, '/$1/[token]');
const scrub = (text: string): string =>
	text
		.replace(/\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){3,7}\b/g, '[iban]')
		.replace(/\b(sk|rk|whsec|pk)_\w+/g, '[key]')
		.replace(/_secret_\w+/g, '_secret_[cut]');

export function openLog(level: string): Logger {
	return pino({
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
}
