// What browsers report of our pages: something was refused by their policy (PCI DSS 4.0.1, 11.6.1). Actor: nobody in particular, so nothing of it is
// believed and little is kept: no address with a token, no query, no sample of a page. Kept once per kind, counted, for the operator. No refusals.
import * as v from 'valibot';
import type { Services } from '../../services.ts';
import { sha256 } from '../../identity.ts';
import { savePageReport, type PageReport } from '../../store/page-reports.ts';

const Text = v.optional(v.pipe(v.string(), v.maxLength(4000)), '');
/** The older form (`report-uri`) and the newer (Reporting API); https://w3c.github.io/webappsec-csp/#reporting. */
const Old = v.object({
	'csp-report': v.object({
		'document-uri': Text,
		'effective-directive': Text,
		'violated-directive': Text,
		'blocked-uri': Text,
		'source-file': Text,
		disposition: Text
	})
});
const New = v.object({
	type: v.literal('csp-violation'),
	body: v.object({
		documentURL: Text,
		effectiveDirective: Text,
		blockedURL: v.nullish(Text, ''),
		sourceFile: v.nullish(Text, ''),
		disposition: Text
	})
});
type Said = { page: string; directive: string; blocked: string; source: string; disposition: string };
const MOST_AT_ONCE = 10;

/** @returns what was understood; null when it is no report at all. */
export function readReports(body: string): Said[] | null {
	let read: unknown;
	try {
		read = JSON.parse(body);
	} catch {
		return null;
	}
	if (Array.isArray(read))
		return read.slice(0, MOST_AT_ONCE).flatMap((entry) => {
			const one = v.safeParse(New, entry);
			if (!one.success) return [];
			const { documentURL, effectiveDirective, blockedURL, sourceFile, disposition } = one.output.body;
			return [
				{ page: documentURL, directive: effectiveDirective, blocked: blockedURL, source: sourceFile, disposition }
			];
		});
	const one = v.safeParse(Old, read);
	if (!one.success) return null;
	const said = one.output['csp-report'];
	return [
		{
			page: said['document-uri'],
			directive: said['effective-directive'] || said['violated-directive'].replace(/ .*/s, ''),
			blocked: said['blocked-uri'],
			source: said['source-file'],
			disposition: said.disposition
		}
	];
}

/** Ids and tokens out of a path: what is left are the names of our routes. */
const routeLike = (path: string): string =>
	path
		.split('/')
		.map((part) => (/^[a-z_]{0,30}$|^[\w-]{1,40}\.(js|css|svg|png)$/.test(part) ? part : '[…]'))
		.join('/')
		.slice(0, 120);
/** Of our own addresses the route, of others the origin, of what is no address its word. */
function place(text: string, origin: string): string {
	if (/^[a-z-]{1,30}$/.test(text)) return text;
	if (!URL.canParse(text)) return '';
	const { origin: of, protocol, pathname } = new URL(text);
	return of === origin ? routeLike(pathname) : of === 'null' ? protocol : of.slice(0, 120);
}

export async function notePageReports(services: Services, said: Said[]): Promise<void> {
	const { origin } = services.config;
	const now = services.clock.now();
	for (const { page, directive, blocked, source, disposition } of said) {
		// Of other pages than ours we know nothing, and what is no directive is no report.
		if (!URL.canParse(page) || new URL(page).origin !== origin || !/^[a-z-]{3,40}$/.test(directive)) continue;
		const report: PageReport = {
			page: place(page, origin),
			directive,
			blocked: place(blocked, origin),
			source: place(source, origin),
			enforced: disposition !== 'report'
		};
		const isNew = await savePageReport(services.db, sha256(JSON.stringify(report)), report, now);
		if (isNew) services.log.warn({ report }, 'a page was refused something: see the runbook');
	}
}
