// What looks like a secret in a text. Only its kind and its first characters are told.
export type Allowed = { pattern: string; file?: string; reason: string };

const KINDS: [kind: string, pattern: RegExp][] = [
	['a key of Stripe', /\b(?:sk|rk|pk)_(?:live|test)_\w{8,}/g],
	['a webhook secret of Stripe', /\bwhsec_[\w+/=]{24,}/g],
	['a private key', /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/g],
	['a key of Amazon', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g],
	['a token of GitHub', /\b(?:gh[pousr]_\w{30,}|github_pat_\w{40,})/g],
	['a token of GitLab', /\bglpat-[\w-]{20,}/g],
	['a token of npm', /\bnpm_[A-Za-z0-9]{36}\b|_authToken\s*=\s*[\w-]{8,}/g],
	['a token of Slack', /\bxox[abprs]-[\w-]{10,}/g],
	['a key of Google', /\bAIza[\w-]{35}\b/g],
	['a key of SendGrid', /\bSG\.[\w-]{20,}\.[\w-]{20,}/g],
	['a signed token', /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/g],
	['a key of ours', /\bponctuel_[\w-]{43}(?![\w-])/g],
	['a link of ours', /\/(?:p|connexion)\/[\w-]{43}(?![\w-])/g],
	[
		'an address with a password',
		/\b(?:postgres(?:ql)?|smtps?|redis|mysql|mongodb|amqps?):\/\/[^\s:@/'"`]+:[^\s@'"`]+@[^\s'"`]+/g
	]
];

export function secretsIn(file: string, text: string, allowed: Allowed[]): string[] {
	return KINDS.flatMap(([kind, pattern]) =>
		[...text.matchAll(pattern)]
			.filter(
				([match]) =>
					!allowed.some((entry) => (!entry.file || entry.file === file) && new RegExp(entry.pattern).test(match))
			)
			.map(
				({ 0: match, index }) => `${file}:${text.slice(0, index).split('\n').length}: ${kind}, ${match.slice(0, 12)}…`
			)
	);
}
