// What package-lock.json says of each package, for the checks.
import { readFileSync } from 'node:fs';

export type LockedPackage = {
	name: string;
	version: string;
	licence: string | null;
	/** Serves to build and to test only. Some of these travel in what is built: the licence check takes the licence's own rule for them. */
	isTool: boolean;
};
export function readLock(file: string): LockedPackage[] {
	const { packages } = JSON.parse(readFileSync(file, 'utf8')) as {
		packages: Record<string, { name?: string; version?: string; license?: string; dev?: boolean; link?: boolean }>;
	};
	return Object.entries(packages)
		.filter(([at, { link }]) => at !== '' && !link)
		.map(([at, { name, version, license, dev }]) => ({
			name: name ?? at.slice(at.lastIndexOf('node_modules/') + 'node_modules/'.length),
			version: version ?? '',
			licence: license ?? null,
			isTool: dev === true
		}));
}
