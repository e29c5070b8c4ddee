// Prepares a fresh machine with nothing but npm and any Node >= 20: dependencies (which bring Node 24), a build, a browser.
// Plain JavaScript without dependencies: it runs before anything is installed.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
const want = process.argv.slice(2);
const bin = path.resolve('node_modules/.bin');
const env = { ...process.env, PATH: bin + path.delimiter + process.env.PATH };
for (const k of Object.keys(env)) if (/^npm_config_nodedir$/i.test(k)) delete env[k]; // a warning in npm 11, an error later
const run = (cmd, args) => {
	const r = spawnSync(cmd, args, { stdio: 'inherit', env, shell: process.platform === 'win32' });
	if (r.status !== 0) {
		console.error(`\n${cmd} ${args.join(' ')} failed (${r.status ?? r.signal})`);
		process.exit(r.status ?? 1);
	}
};
const sha = (files) => {
	const h = createHash('sha256');
	for (const f of files) h.update(f).update('\0').update(readFileSync(f));
	return h.digest('hex');
};
const walk = (d) =>
	(existsSync(d)
		? readdirSync(d, { withFileTypes: true }).flatMap((e) =>
				e.name === 'paraglide' || e.name === 'scripts' || e.name === 'sandbox' ? [] : e.isDirectory() ? walk(path.join(d, e.name)) : [path.join(d, e.name)]
			)
		: []
	).sort();
const stamp = (f, key, work) => {
	if (existsSync(f) && readFileSync(f, 'utf8') === key) return false;
	work();
	writeFileSync(f, key);
	return true;
};
stamp(
	'node_modules/.installed',
	`${process.platform} ${process.arch} ${sha(['package.json', 'package-lock.json'])}`,
	() => {
		console.log('Installing dependencies (first run only)…');
		const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
		if (process.env.npm_execpath) run(process.execPath, [process.env.npm_execpath, ...args]);
		else run('npm', args);
	}
);
const v =
	spawnSync('node', ['-p', 'process.versions.node'], {
		env,
		encoding: 'utf8',
		shell: process.platform === 'win32'
	}).stdout?.trim() ?? '0';
if (Number(v.split('.')[0]) < 24) {
	console.error(
		`Node ${v} found, 24 needed: no bundled binary for ${process.platform}-${process.arch}; install Node 24.`
	);
	process.exit(1);
}
if (want.includes('build')) {
	const files = [
		'package-lock.json',
		'svelte.config.js',
		'vite.config.ts',
		'tsconfig.json',
		...walk('src'),
		...walk('static'),
		...walk('messages')
	].filter((f) => statSync(f).isFile());
	if (!existsSync('build/index.js')) writeFileSync('node_modules/.built', '');
	stamp('node_modules/.built', sha(files), () => {
		console.log('Building…');
		run('vite', ['build', '--logLevel', 'warn']);
	});
}
if (want.includes('chromium')) {
	run('node', ['src/scripts/chromium.ts']);
}
