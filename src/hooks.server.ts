// The way in: one line per concern.
import { building } from '$app/environment';
import { sequence } from '@sveltejs/kit/hooks';
import { actor } from '#lib/server/http/actor.ts';
import { clientAddress } from '#lib/server/http/client-address.ts';
import { compression } from '#lib/server/http/compression.ts';
import { input } from '#lib/server/http/input.ts';
import { language } from '#lib/server/http/language.ts';
import { start } from '#lib/server/http/lifetime.ts';
import { forgetSent } from '#lib/server/http/kept-forms.ts';
import { reportError, requestLog } from '#lib/server/http/request-log.ts';
import { sameOrigin } from '#lib/server/http/same-origin.ts';
import { securityHeaders } from '#lib/server/http/security-headers.ts';
import { securityNotes } from '#lib/server/http/security-notes.ts';
import { signedOut } from '#lib/server/http/signed-out.ts';

export const init = start;
// While building, only the offline page is made: there is no database and nobody asking.
export const handle = building
	? language
	: sequence(
			compression,
			securityHeaders,
			requestLog,
			clientAddress,
			securityNotes,
			sameOrigin,
			language,
			actor,
			signedOut,
			input,
			forgetSent
		);
export const handleError = reportError;
