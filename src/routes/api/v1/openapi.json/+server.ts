// The API in its own words.
import { json } from '@sveltejs/kit';
import { openApi } from '#lib/contract/openapi.ts';

export const GET = () => json(openApi);
