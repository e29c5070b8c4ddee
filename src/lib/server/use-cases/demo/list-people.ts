// The people a visitor of the demo can be, with their ways in. Links are derived from the secret of the installation, so that nothing but
// their hash is stored, as for every other link.
import { createHmac } from 'node:crypto';
import { mintScope } from '../../../domain/access/scope.ts';
import { civilDateIn } from '../../../domain/calendar/civil-date.ts';
import { payableToday } from '../../../domain/invoices/state.ts';
import type { Services } from '../../services.ts';
import { listInvoices } from '../../store/invoices.ts';
import { listContacts } from '../../store/contacts.ts';
import { listMembers } from '../../store/members.ts';
import { listSuppliers } from '../../store/suppliers.ts';
import { listClients } from '../../store/clients.ts';
import { read } from '../run.ts';

export const demoToken = (secret: string, about: string): string =>
	createHmac('sha256', secret).update(`demo pay link ${about}`).digest('base64url');

export type DemoPerson = {
	kind: 'member' | 'contact';
	supplier: string;
	supplierHue: number;
	name: string;
	email: string;
	role: string;
	client: string | null;
	sign_in_url: string;
	pay_links: { number: string; amount_minor: string; url: string }[];
};

export async function listPeople(services: Services): Promise<DemoPerson[]> {
	const { origin, secret } = services.config;
	const people: DemoPerson[] = [];
	for (const supplier of await listSuppliers(services.db)) {
		const scope = mintScope(supplier.supplierId, { kind: 'system' });
		await read(services, scope, async (tx) => {
			const door = (kind: string, id: string) => `${origin}/demo/entrer/${kind}.${supplier.supplierId}.${id}`;
			const common = { supplier: supplier.name, supplierHue: supplier.brandHue };
			for (const member of await listMembers(tx, scope))
				people.push({
					...common,
					kind: 'member',
					name: member.name,
					email: member.email,
					role: member.role,
					client: null,
					sign_in_url: door('member', member.memberId),
					pay_links: []
				});
			for (const client of await listClients(tx, scope, { limit: 2000 })) {
				const invoices = await listInvoices(tx, scope, {
					today: civilDateIn(services.clock.now(), supplier.timeZone),
					clientId: client.clientId,
					status: 'open',
					pageSize: 20
				});
				for (const contact of await listContacts(tx, scope, client.clientId)) {
					const links = invoices
						.filter((invoice) => payableToday(invoice) > 0n)
						.map((invoice) => ({
							number: invoice.number,
							amount_minor: String(payableToday(invoice)),
							url: `${origin}/p/${demoToken(secret, `${invoice.invoiceId} ${contact.contactId}`)}`
						}));
					people.push({
						...common,
						kind: 'contact',
						name: contact.name,
						email: contact.email,
						role: 'contact',
						client: client.name,
						sign_in_url: door('contact', contact.contactId),
						pay_links: links
					});
				}
			}
		});
	}
	return people;
}
