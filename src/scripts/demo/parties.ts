// The suppliers of the demo, their teams, their clients and whom to write to.
import { readFileSync } from 'node:fs';
import { mintScope, type Scope } from '#lib/domain/access/scope.ts';
import { newId } from '#lib/server/identity.ts';
import type { Services } from '#lib/server/services.ts';
import { contact, client, member, supplier } from '#lib/server/store/schema/index.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { changeLogo } from '#lib/server/use-cases/suppliers/change-logo.ts';
import type { DemoSupplier } from './people.ts';
import { sirenFor, TERMS_DAYS, vatNumberOf } from './story.ts';

export async function createParties(services: Services, cast: DemoSupplier): Promise<Scope> {
	const supplierId = newId();
	const scope = mintScope(supplierId, { kind: 'system' });
	const createdAt = services.clock.now();
	await inScope(services.db, scope, async (tx) => {
		await tx.insert(supplier).values({
			supplierId,
			slug: cast.slug,
			name: cast.name,
			legalName: cast.legalName,
			legalForm: cast.legalForm,
			siren: cast.siren,
			phone: cast.phone,
			vatNumber: vatNumberOf(cast.siren),
			address: cast.address,
			contactName: cast.contact.name,
			contactEmail: cast.contact.email,
			brandHue: cast.hue,
			iban: cast.iban,
			bic: cast.bic,
			stripeAccount: cast.stripeAccount,
			timeZone: 'Europe/Paris',
			defaultTermsDays: TERMS_DAYS,
			createdAt
		});
		for (const person of cast.team)
			await tx.insert(member).values({
				supplierId,
				memberId: newId(),
				email: person.email,
				name: person.name,
				role: person.role,
				locale: 'fr',
				createdAt
			});
		for (const [i, party] of cast.clients.entries()) {
			const clientId = newId();
			await tx.insert(client).values({
				supplierId,
				clientId,
				kind: party.kind,
				kindFrom: party.kind === 'business' ? 'identifier' : 'person',
				name: party.name,
				siren: party.kind === 'business' ? sirenFor(cast, i) : null,
				vatNumber: party.kind === 'business' ? vatNumberOf(sirenFor(cast, i)) : null,
				locale: 'fr',
				createdAt
			});
			for (const person of party.contacts)
				await tx.insert(contact).values({
					supplierId,
					contactId: newId(),
					clientId,
					email: person.email,
					name: person.name,
					locale: 'fr',
					isBilling: true,
					hasPortal: true,
					mayPay: true,
					mailProblem: null,
					mailProblemAt: null,
					createdAt
				});
		}
	});
	if (cast.logo) {
		const file = readFileSync(new URL(`./logos/${cast.logo}`, import.meta.url));
		const given = await changeLogo(services, scope, file);
		if (!given.ok) throw new Error(`the logo ${cast.logo}: ${given.refusal.detail.problem}`);
	}
	return scope;
}
