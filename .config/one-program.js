// Linting with types in one TypeScript program. By itself, each component that is opened makes TypeScript build its program anew: half a second each, and
// everything it had found out about types is forgotten.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import svelte from 'eslint-plugin-svelte';
import ts from 'typescript';
import { parser as typescript } from 'typescript-eslint';

const root = path.join(import.meta.dirname, '..');
const component = svelte.configs.base.flatMap(({ languageOptions }) => languageOptions?.parser ?? [])[0];
const isComponent = (name) => /\.svelte(\.ts)?$/.test(name);

/** What the rules see of a component: its script and its template as TypeScript. */
function scriptOf(filePath, text, options) {
	let script = '';
	const parser = {
		parseForESLint(code, given) {
			script = code;
			return typescript.parseForESLint(code, given);
		}
	};
	component.parseForESLint(text, { ...options, filePath, parser, projectService: undefined });
	return script;
}
/** @param {string[]} files instead of those of the project */
function programOf(options, files) {
	const at = path.join(root, 'tsconfig.json');
	const { config } = ts.readConfigFile(at, ts.sys.readFile);
	const components = { extension: '.svelte', isMixedContent: true, scriptKind: ts.ScriptKind.Deferred };
	const project = ts.parseJsonConfigFileContent(config, ts.sys, root, {}, at, undefined, [components]);
	const host = ts.createCompilerHost(project.options, true);
	const { getSourceFile } = host;
	host.getSourceFile = (name, ...how) =>
		isComponent(name)
			? ts.createSourceFile(name, scriptOf(name, ts.sys.readFile(name), options), how[0], true, ts.ScriptKind.TS)
			: getSourceFile(name, ...how);
	const program = ts.createProgram(
		files ?? project.fileNames,
		{ ...project.options, allowNonTsExtensions: true },
		host
	);
	// Without its libraries every type would be any, and nothing would be found.
	const [problem] = [...project.errors, ...program.getOptionsDiagnostics(), ...program.getGlobalDiagnostics()];
	if (problem) throw new Error(ts.flattenDiagnosticMessageText(problem.messageText, '\n'));
	return program;
}

/** For the cache: with other packages, other types. */
const version = createHash('sha256')
	.update(readFileSync(path.join(root, 'package-lock.json')))
	.digest('hex');
let programs;
/** The project's own, and one for the service worker, whose globals are others. */
const programsFor = (options) =>
	(programs ??= [programOf(options), programOf(options, [path.join(root, 'src/service-worker.ts')])]);
/** A file that is not, or not any more, what is on the disk (an editor, a fix that was just made) is read the usual way. */
export const oneProgram = {
	meta: { name: 'one-program', version },
	parseForESLint(code, options) {
		if (!options.projectService) return typescript.parseForESLint(code, options);
		const program = programsFor(options).find((one) => one.getSourceFile(options.filePath)?.text === code);
		return typescript.parseForESLint(
			code,
			program ? { ...options, programs: [program], projectService: undefined } : options
		);
	}
};
