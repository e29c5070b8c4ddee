// Versions that are known to be bad: those of .config/vulnerabilities.json, and those that npm's advisories name, when they can be asked.
import type { LockedPackage } from './lock.ts';

export type VulnerabilityList = {
	/** What is lived with for a while, and why. */
	accepted: { advisory: string; package: string; reason: string; until: string }[];
	/** Needs no network: `from` (included, else the first) up to `below` (excluded). */
	known: { package: string; from?: string; below: string; advisory: string }[];
};
export type Finding = { package: string; advisory: string; severity: string; title: string };

const numbers = (version: string): number[] =>
	version
		.replace(/[-+].*/s, '')
		.split('.')
		.map(Number);
function compareVersions(a: string, b: string): number {
	const [left, right] = [numbers(a), numbers(b)];
	for (let i = 0; i < 3; i += 1) if ((left[i] ?? 0) !== (right[i] ?? 0)) return (left[i] ?? 0) - (right[i] ?? 0);
	return 0;
}

export const knownFindings = (packages: LockedPackage[], { known }: VulnerabilityList): Finding[] =>
	known.flatMap((bad) =>
		packages
			.filter(
				({ name, version }) =>
					name === bad.package &&
					compareVersions(version, bad.below) < 0 &&
					(!bad.from || compareVersions(version, bad.from) >= 0)
			)
			.map(({ name, version }) => ({
				package: name,
				advisory: bad.advisory,
				severity: 'high',
				title: `version ${version}`
			}))
	);

/** The report of `npm audit --json`; null when nobody answered. */
export function auditFindings(output: string): Finding[] | null {
	let report: { vulnerabilities?: Record<string, { via?: unknown[] }> };
	try {
		report = JSON.parse(output) as typeof report;
	} catch {
		return null;
	}
	if (!report.vulnerabilities) return null;
	type Via = { name: string; url?: string; severity: string; title: string };
	return Object.values(report.vulnerabilities)
		.flatMap(({ via = [] }) => via)
		.filter((via): via is Via => typeof via === 'object' && via !== null)
		.map(({ name, url, severity, title }) => ({
			package: name,
			advisory: url?.split('/').pop() ?? title,
			severity,
			title
		}));
}

/** What fails the check: grave findings that nobody accepted, and acceptances that are over or unreasoned. `today`: YYYY-MM-DD. */
export function vulnerabilityProblems(findings: Finding[], { accepted }: VulnerabilityList, today: string): string[] {
	const over = accepted
		.filter(({ reason, until }) => !reason.trim() || until < today)
		.map(
			(entry) => `${entry.package} ${entry.advisory}: accepted until ${entry.until}, which is over, or without a reason`
		);
	const isAccepted = (finding: Finding) =>
		accepted.some(
			(entry) => entry.advisory === finding.advisory && entry.package === finding.package && entry.until >= today
		);
	return [
		...over,
		...findings
			.filter((finding) => ['high', 'critical'].includes(finding.severity) && !isAccepted(finding))
			.map((finding) => `${finding.package}: ${finding.advisory} (${finding.severity}) ${finding.title}`)
	];
}
