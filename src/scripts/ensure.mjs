// Makes a bare clone ready with nothing but npm and any Node from 20 on: packages (which bring Node 24), a build, a browser for the tests.
// Plain JavaScript without a dependency, because it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const wanted = process.argv.slice(2);
const windows = process.platform === 'win32';
const env = { ...process.env, PATH: path.resolve('node_modules/.bin') + path.delimiter + process.env.PATH };
for (const name of Object.keys(env)) if (/^npm_config_nodedir$/i.test(name)) delete env[name];

function run(command, args) {
	const { status, signal } = spawnSync(command, args, { stdio: 'inherit', env, shell: windows });
	if (status === 0) return;
	console.error(`\n  ${[command, ...args].join(' ')} did not succeed (${status ?? signal}). Its message is above.\n`);
	process.exit(status ?? 1);
}
const filesOf = (folder) =>
	existsSync(folder)
		? readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
				entry.isDirectory() ? filesOf(path.join(folder, entry.name)) : [path.join(folder, entry.name)]
			)
		: [];
function hashOf(files) {
	const hash = createHash('sha256');
	for (const file of files.sort()) hash.update(file).update('\0').update(readFileSync(file));
	return hash.digest('hex');
}
/** Does the work when the key has changed since it was last done. */
function whenChanged(stamp, key, work) {
	if (existsSync(stamp) && readFileSync(stamp, 'utf8') === key) return;
	work();
	writeFileSync(stamp, key);
}

whenChanged(
	'node_modules/.installed',
	`${process.platform} ${process.arch} ${hashOf(['package.json', 'package-lock.json'])}`,
	() => {
		console.log('Installing packages (first run only)…');
		const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
		if (process.env.npm_execpath) run(process.execPath, [process.env.npm_execpath, ...args]);
		else run('npm', args);
	}
);

const version =
	spawnSync('node', ['-p', 'process.versions.node'], { env, encoding: 'utf8', shell: windows }).stdout?.trim() ?? '0';
if (Number(version.split('.')[0]) < 24) {
	console.error(
		`\n  Node ${version} found, 24 is needed, and no bundled one exists for ${process.platform}-${process.arch}: install Node 24 and start again.\n`
	);
	process.exit(1);
}

if (wanted.includes('build')) {
	const inputs = [
		'package-lock.json',
		'svelte.config.js',
		'vite.config.ts',
		'tsconfig.json',
		...filesOf('messages'),
		...filesOf('static'),
		...filesOf('src').filter((file) => !/^src[\\/](scripts|sandbox|lib[\\/]paraglide)[\\/]/.test(file))
	];
	const stamp = existsSync('build/index.js') ? 'node_modules/.built' : 'node_modules/.built-anew';
	whenChanged(stamp, hashOf(inputs), () => {
		console.log('Building…');
		run('vite', ['build', '--logLevel', 'error']);
		writeFileSync('node_modules/.built', hashOf(inputs));
	});
} else if (!existsSync('.svelte-kit/tsconfig.json') || !existsSync('src/lib/paraglide/messages.js')) {
	run('svelte-kit', ['sync']);
	run('paraglide-js', ['compile', '--project', './project.inlang', '--outdir', './src/lib/paraglide', '--silent']);
}
if (wanted.includes('chromium')) run('node', ['src/scripts/chromium.ts']);
