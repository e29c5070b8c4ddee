// A supplier's logo, for anybody who has its address: the hash of its bytes, which never says anything else.
import { publicPictureResponse } from '#lib/server/http/file-response.ts';
import { readLogo } from '#lib/server/use-cases/suppliers/read-logo.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ params }) =>
	publicPictureResponse(await readLogo((await house()).services, params.hash));
