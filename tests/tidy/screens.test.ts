// Screens get view models, of the contract or the domain, and never a row: what the store knows of somebody would travel to every browser that asks.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

const walk = (folder: string): string[] =>
	readdirSync(folder, { withFileTypes: true }).flatMap((one) =>
		one.isDirectory() ? walk(path.join(folder, one.name)) : [path.join(folder, one.name)]
	);
const STORE = /^src\/lib\/server\/store\//;

/** Of each `load`, the places where its answer has a property of the store: declared there, or made by Drizzle out of a table. */
function rowsIn(files: string[]): string[] {
	const { options } = ts.parseJsonConfigFileContent(
		ts.readConfigFile('tsconfig.json', (file) => ts.sys.readFile(file)).config,
		ts.sys,
		'.'
	);
	const program = ts.createProgram(files, options);
	const checker = program.getTypeChecker();
	const fileOf = (declaration: ts.Declaration | undefined): string =>
		declaration ? path.relative('.', declaration.getSourceFile().fileName) : '';
	const found: string[] = [];

	function look(type: ts.Type, where: string, seen: Set<ts.Type>): void {
		if (seen.has(type) || type.flags & ts.TypeFlags.Never) return;
		seen.add(type);
		if (type.isUnionOrIntersection()) type.types.forEach((one) => look(one, where, seen));
		if (type.isUnion() || !(type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection))) return;
		if (checker.isArrayType(type) || checker.isTupleType(type))
			return checker.getTypeArguments(type as ts.TypeReference).forEach((one) => look(one, where, seen));
		// What is built in: a day, a promise, a map.
		if (/node_modules\/(typescript|@types)\//.test(fileOf(type.getSymbol()?.declarations?.[0]))) {
			if ((type as ts.ObjectType).objectFlags & ts.ObjectFlags.Reference)
				checker.getTypeArguments(type as ts.TypeReference).forEach((one) => look(one, where, seen));
			return;
		}
		for (const property of type.getProperties()) {
			const declaration = property.declarations?.[0];
			if (!declaration || STORE.test(fileOf(declaration))) found.push(`${where}.${property.name}`);
			else look(checker.getTypeOfSymbol(property), `${where}.${property.name}`, seen);
		}
	}
	for (const file of files) {
		const source = program.getSourceFile(file);
		const module = source && checker.getSymbolAtLocation(source);
		const load = module && checker.getExportsOfModule(module).find((one) => one.name === 'load');
		const declared = load?.valueDeclaration;
		if (!declared) continue;
		// Behind its annotation, which says nothing of what it answers.
		const node = ts.isVariableDeclaration(declared) && declared.initializer ? declared.initializer : declared;
		for (const signature of checker.getTypeAtLocation(node).getCallSignatures())
			look(checker.getReturnTypeOfSignature(signature), file, new Set());
	}
	return found;
}

test('no page answers with a row', () => {
	const pages = walk('src/routes').filter((file) => /\+(page|layout)\.server\.ts$/.test(file));
	expect(pages.length).toBeGreaterThan(40);
	expect(rowsIn(pages), 'give the screen a view model, in src/lib/contract').toEqual([]);
}, 180_000);
test('no screen names a thing of the server', () => {
	const screens = [...walk('src/lib/ui'), ...walk('src/routes')].filter((file) => file.endsWith('.svelte'));
	expect(screens.filter((file) => /lib\/server\//.test(readFileSync(file, 'utf8')))).toEqual([]);
});
