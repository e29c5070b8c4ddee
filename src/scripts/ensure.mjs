// Makes a bare clone ready with nothing but npm and any Node from 20 on: packages (which bring Node 24), a build, a browser for the tests.
// Plain JavaScript without a dependency, because it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
	accessSync,
	constants,
	copyFileSync,
	existsSync,
	mkdtempSync,
	readFileSync,
	readdirSync,
	rmSync,
	symlinkSync,
	writeFileSync
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { step } from './progress.mjs';

const wanted = process.argv.slice(2);
const windows = process.platform === 'win32';
const env = { ...process.env, PATH: path.resolve('node_modules/.bin') + path.delimiter + process.env.PATH };
// A build is a build, whatever the shell was set up for.
delete env.NODE_ENV;
for (const name of Object.keys(env)) if (/^npm_config_nodedir$/i.test(name)) delete env[name];

/** @param {string} text @returns {never} */
function giveUp(text) {
	console.error(`\n  ${text}\n`);
	process.exit(1);
}
/**
 * Runs a program quietly; what it wrote is shown when it fails.
 * @param {string} name of the step @param {string} command @param {string[]} args @param {string} cure
 */
async function run(name, command, args, cure) {
	let said = '';
	const status = await step(
		name,
		() =>
			new Promise((done) => {
				const child = spawn(command, args, { env, shell: windows, stdio: ['ignore', 'pipe', 'pipe'] });
				for (const stream of [child.stdout, child.stderr])
					stream.on('data', (part) => void (said = (said + part).slice(-20_000)));
				child.once('error', (error) => (said += error.message));
				child.once('close', (code, signal) => done(code ?? signal ?? 1));
			})
	);
	if (status === 0) return;
	console.error(said.replace(/^/gm, '    '));
	giveUp(`${name} did not succeed (${path.basename(command)}: ${status}); its message is above. ${cure}`);
}
/** @param {string} folder @returns {string[]} */
const filesOf = (folder) =>
	existsSync(folder)
		? readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
				entry.isDirectory() ? filesOf(path.join(folder, entry.name)) : [path.join(folder, entry.name)]
			)
		: [];
/** @param {string[]} files */
function hashOf(files) {
	const hash = createHash('sha256');
	for (const file of files.sort()) hash.update(file).update('\0').update(readFileSync(file));
	return hash.digest('hex');
}
/** @param {string} stamp @param {string} key whether the work was last done for another key */
const isStale = (stamp, key) => !existsSync(stamp) || readFileSync(stamp, 'utf8') !== key;

/** A user without a home of its own (a service, nobody) has no place for npm's cache either: then it is made for this install alone. */
function cacheOfItsOwn() {
	try {
		const home = homedir();
		accessSync(existsSync(path.join(home, '.npm')) ? path.join(home, '.npm') : home, constants.W_OK);
		return null;
	} catch {
		return process.env.npm_config_cache && existsSync(process.env.npm_config_cache)
			? null
			: mkdtempSync(path.join(tmpdir(), 'ponctuel-npm-'));
	}
}
/** npm passes over a platform's own packages that it could not get: Node and PostgreSQL are among them. */
function missing() {
	const { dependencies, optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
	const platform = new RegExp(`${windows ? 'win(dows)?' : process.platform}-${process.arch}$`);
	const ours = Object.keys(optionalDependencies).filter((name) => platform.test(name));
	return [...Object.keys(dependencies), ...ours].filter((name) => !existsSync(`node_modules/${name}/package.json`));
}
async function install() {
	console.info(
		'\n  First start: packages are installed, the pages built, a database made, and the demo lives through its last 75 days.' +
			'\n  This usually takes one to two minutes, the next starts a few seconds.\n'
	);
	const cache = cacheOfItsOwn();
	const args = [
		'ci',
		'--include=dev',
		'--include=optional',
		'--no-audit',
		'--no-fund',
		'--no-progress',
		'--loglevel=error'
	];
	if (cache) args.push(`--cache=${cache}`);
	const npm = process.env.npm_execpath;
	await run(
		'Installing packages',
		npm?.endsWith('.js') ? process.execPath : 'npm',
		npm?.endsWith('.js') ? [npm, ...args] : args,
		'Most often the package registry could not be reached (npm ping), or the disk is full or read-only here. Mend that and start again; nothing else is needed.'
	);
	if (cache) rmSync(cache, { recursive: true, force: true });
	linkNode();
}
/** npm 10 leaves out the program of a package that is for some platforms only: the Node that comes along would not be found. */
function linkNode() {
	const name = windows ? 'node.exe' : 'node';
	const program = path.join('node_modules', `node-${windows ? 'win' : process.platform}-${process.arch}`, 'bin', name);
	const link = path.join('node_modules/.bin', name);
	if (!existsSync(program) || existsSync(link)) return;
	if (windows) copyFileSync(program, link);
	else symlinkSync(path.relative('node_modules/.bin', program), link);
}

/** Before the build, which compiles them too: a bundler that looks for a folder before it is there may remember that it is not. */
async function compileWords() {
	const out = ['--outdir', './src/lib/paraglide', '--silent'];
	await run('Compiling the words', 'paraglide-js', ['compile', '--project', './project.inlang', ...out], '');
}

try {
	accessSync('.', constants.W_OK);
} catch (error) {
	if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EROFS')
		giveUp(
			`The disk of ${process.cwd()} is mounted read-only, and a start installs and builds there. Clone to another disk.`
		);
	giveUp(
		`This folder (${process.cwd()}) can't be written by the user who starts. Clone it again as that user, or give it to them: chown -R.`
	);
}
// What bundlers take for a part of an address, not of a path.
const odd = (windows ? /[#?]/ : /[#?:\\]/).exec(process.cwd());
if (odd)
	giveUp(
		`The path of this folder holds the character "${odd[0]}", which the build can't live with. Rename the folder and start again.`
	);

const packages = `${process.platform} ${process.arch} ${hashOf(['package.json', 'package-lock.json'])}`;
if (missing().length || isStale('node_modules/.installed', packages)) {
	await install();
	if (missing().length)
		giveUp(
			`The packages ${missing().join(', ')} did not come, although npm reported no error: most often the registry did not answer for them. Start again.`
		);
	writeFileSync('node_modules/.installed', packages);
}
// Where packages may run no script when they are installed, that one did not run either.
await import('./mend-postgres.mjs');

const version =
	spawnSync('node', ['-p', 'process.versions.node'], { env, encoding: 'utf8', shell: windows }).stdout?.trim() ||
	'none';
if (!(Number(version.split('.')[0]) >= 24))
	giveUp(
		`Node 24 is needed to run; ${version} was found, and the one that comes along does not run on ${process.platform}-${process.arch}. Install Node 24 and start again.`
	);

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
	if (!existsSync('build/index.js') || isStale('node_modules/.built', hashOf(inputs))) {
		rmSync('node_modules/.built', { force: true });
		await compileWords();
		const cure = 'Free some memory or disk, and start again.';
		await run('Building the pages', 'vite', ['build', '--logLevel', 'error'], cure);
		writeFileSync('node_modules/.built', hashOf(inputs));
	}
} else if (!existsSync('.svelte-kit/tsconfig.json') || !existsSync('src/lib/paraglide/messages.js')) {
	await run('Reading the routes', 'svelte-kit', ['sync'], '');
	await compileWords();
}
if (wanted.includes('chromium'))
	await run(
		'Looking for a browser, or installing one',
		'node',
		['src/scripts/chromium.ts'],
		'Install Chromium and name it: CHROMIUM_PATH=/path/to/chromium npm test'
	);
