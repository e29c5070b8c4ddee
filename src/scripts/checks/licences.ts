// Which packages have a licence that nobody allowed. The list with its reasons: .config/licences.json.
import type { LockedPackage } from './lock.ts';

export type LicenceList = {
	anywhere: Record<string, string>;
	/** For what builds and tests, and is in nothing that is built. */
	toolsOnly: Record<string, string>;
	/** Packages that say nothing: what a person found, and where. */
	packages: Record<string, { licence: string; reason: string }>;
};

/** "(MIT OR CC0-1.0)": one is enough; "A AND B": all of them (https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions). */
function isAllowed(expression: string, allowed: ReadonlySet<string>): boolean {
	return expression
		.replaceAll(/[()]/g, '')
		.split(/\s+or\s+/i)
		.some((choice) => choice.split(/\s+and\s+/i).every((licence) => allowed.has(licence.trim())));
}

/** One sentence per package that may not be there, and per entry of the list that nothing needs any more. */
export function licenceProblems(packages: LockedPackage[], list: LicenceList): string[] {
	const shipped = new Set(Object.keys(list.anywhere));
	const tools = new Set([...shipped, ...Object.keys(list.toolsOnly)]);
	const problems = packages.flatMap(({ name, version, licence, isTool }) => {
		const said = licence ?? list.packages[name]?.licence ?? null;
		if (said === null) return [`${name} ${version}: no licence in the lock, and none in .config/licences.json`];
		return isAllowed(said, isTool ? tools : shipped)
			? []
			: [`${name} ${version}: ${said} is not allowed${isTool ? '' : ' in what ships'}`];
	});
	const known = new Set(packages.map(({ name }) => name));
	const unused = Object.keys(list.packages).filter((name) => !known.has(name));
	return [...problems, ...unused.map((name) => `${name}: in .config/licences.json, and no package any more`)];
}
