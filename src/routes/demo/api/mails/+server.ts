// Mails received, newest first, with their links and codes. ?to=address keeps one person's.
import { json } from '@sveltejs/kit';
import { mailFacts, requireDemo } from '#lib/server/http/demo.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ url }) => {
	const { sandbox } = await requireDemo();
	const mails = await sandbox.mails(url.searchParams.get('to'));
	return json({ mails: mails.slice(0, 200).map((mail) => ({ ...mail, ...mailFacts(mail.text) })) });
};
