// POST /api/v1/invoices: files (multipart) or JSON, with an API key, once per Idempotency-Key. Described in openapi.json.
import { json } from '@sveltejs/kit';
import { scopeOfApiKey } from '#lib/server/access/scopes.ts';
import { refusalBody } from '#lib/server/http/answer.ts';
import { statusOf } from '#lib/server/http/refusal-status.ts';
import { filesOf } from '#lib/server/http/uploads.ts';
import { importByApi } from '#lib/server/use-cases/invoices/import-by-api.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';

const problem = (
	status: number,
	code: 'not_allowed' | 'input_invalid' | 'too_many_requests',
	detail: Record<string, string> = {}
) => json(refusalBody({ code, detail }, 'en'), { status });

export const POST: RequestHandler = async ({ request }) => {
	const { services } = await house();
	const scope = await scopeOfApiKey(services, request.headers.get('authorization'));
	if (!scope) return problem(401, 'not_allowed');
	if (!(await services.limits.take('api', scope.actor.kind === 'api_key' ? scope.actor.apiKeyId : '')))
		return problem(429, 'too_many_requests');
	const key = request.headers.get('idempotency-key');
	if (key !== null && !/^[\x21-\x7e]{1,255}$/.test(key))
		return problem(400, 'input_invalid', { field: 'Idempotency-Key' });
	const isJson = request.headers.get('content-type')?.startsWith('application/json') ?? false;
	const upload = isJson
		? {
				files: [{ name: 'invoices.json', bytes: new Uint8Array(await request.arrayBuffer()) }],
				sendMails: request.headers.get('ponctuel-send-mails') === 'true'
			}
		: await multipart(request);
	if (!upload?.files.length) return problem(400, 'input_invalid', { field: 'fichiers' });
	const result = await importByApi(services, scope, { key, ...upload });
	return result.ok
		? json(result.value.body, { status: result.value.status })
		: json(refusalBody(result.refusal, 'en'), { status: statusOf(result.refusal.code) });
};

async function multipart(request: Request) {
	if (!request.headers.get('content-type')?.startsWith('multipart/form-data')) return null;
	const { files, form } = await filesOf(request);
	return { files, sendMails: form.get('send_mails') === 'true', acceptReview: form.get('accept_review') === 'true' };
}
