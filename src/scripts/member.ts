// npm run member: the operator's way in for a person who has lost the mailbox, above all a last owner (runbook). Without more, lists who is in which team;
// `npm run member -- <supplier> <old address> <new address>` gives another address, ends what was signed in, and tells owners and both addresses.
import { mintScope } from '#lib/domain/access/scope.ts';
import { wallClock } from '#lib/server/clock.ts';
import { readConfig } from '#lib/server/config.ts';
import { listTeams } from '#lib/server/store/members.ts';
import { changeAddress } from '#lib/server/use-cases/suppliers/member-access.ts';
import { buildServices } from '#lib/server/wiring.ts';

const services = buildServices(readConfig(process.env), wallClock);
const [slug, before, after] = process.argv.slice(2);
const teams = await listTeams(services.db);
const person = teams.find((one) => one.slug === slug && one.email === before?.toLowerCase());
if (!slug) for (const one of teams) console.info(`${one.slug}  ${one.role.padEnd(10)}  ${one.email}  ${one.name}`);
else if (!person || !after) {
	console.error('npm run member -- <supplier> <old address> <new address>; without more, it lists both.');
	process.exitCode = 1;
} else {
	const scope = mintScope(person.supplierId, { kind: 'system' });
	const result = await changeAddress(services, scope, person.memberId, after);
	if (result.ok) console.info(`${person.name} signs in with ${after} now. Sessions and passkeys of before are ended.`);
	else {
		console.error(`Not changed: ${result.refusal.code} ${Object.values(result.refusal.detail).join(' ')}`);
		process.exitCode = 1;
	}
}
services.mail.close();
await services.db.close();
