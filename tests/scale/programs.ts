// nginx and PgBouncer as Debian packages them: found, or installed where that may be done, or a sentence with the cure. Never passed over in silence.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

const PACKAGES = { nginx: 'nginx-light', pgbouncer: 'pgbouncer' } as const;
export type Programs = Record<keyof typeof PACKAGES, string>;

/** Debian keeps them where only root looks by itself. */
const PLACES = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/usr/local/sbin'];
function find(name: string): string | undefined {
	return PLACES.map((place) => path.join(place, name)).find((file) => {
		try {
			accessSync(file, constants.X_OK);
			return true;
		} catch {
			return false;
		}
	});
}
/** @returns what went wrong; '' when all is well */
function apt(...words: string[]): string {
	const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
	const { status, error, stderr } = spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=300', '-qq', ...words], { env });
	return status === 0 ? '' : (error?.message ?? stderr.toString().trim().split('\n').at(-1) ?? 'apt-get failed');
}

/** @throws Error with the cure when one is missing and can't be installed */
export function findPrograms(): Programs {
	const missing = () => (Object.keys(PACKAGES) as (keyof Programs)[]).filter((name) => !find(name));
	let why = 'it is not installed from here without root';
	if (missing().length && process.getuid?.() === 0) {
		apt('update');
		why = apt('install', '-y', '--no-install-recommends', ...missing().map((name) => PACKAGES[name]));
	}
	const names = missing();
	if (names.length)
		throw new Error(
			`npm run scale needs ${names.join(' and ')} (${why}). Install it, as root on Debian or Ubuntu: apt-get install ${names.map((name) => PACKAGES[name]).join(' ')}`
		);
	return { nginx: find('nginx')!, pgbouncer: find('pgbouncer')! };
}
