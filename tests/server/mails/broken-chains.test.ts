// Whatever breaks after whatever else in a plan by SEPA, each mail is read word for word: what happened, how much, what comes next and by when.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sql } from 'drizzle-orm';
import { formatDay } from '#lib/domain/calendar/format.ts';
import { civilDateIn } from '#lib/domain/calendar/civil-date.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { setKind } from '#lib/server/use-cases/clients/set-kind.ts';
import { reconcileRecent } from '#lib/server/use-cases/payments/reconcile.ts';
import { changeStripeAccount } from '#lib/server/use-cases/suppliers/change-payee.ts';
import { openDispute } from '#sandbox/stripe/reversals.ts';
import {
	anInvoice,
	anOffer,
	aPayer,
	aSupplier,
	instalments,
	pay,
	type Cast,
	type Payer
} from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
let seen: number;
beforeEach(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
	payer = await aPayer(house.services, cast);
	await anOffer(house.services, cast, { discount: null, instalments: instalments() });
	seen = 0;
});
afterEach(() => house.close());

const inDays = (days: number) =>
	civilDateIn(new Date(house.services.clock.now().getTime() + days * 86_400_000), 'Europe/Paris');
/** Days as one counts them from the mail: the calendar of the test's year is beside the point. */
const counted = (text: string): string => {
	let told = text.replace(/[\u00a0\u202f]/g, ' ');
	for (let day = -40; day <= 40; day++)
		told = told.replaceAll(
			new RegExp(`(?<!\\d)${formatDay(inDays(day), 'fr').replace(/[\u00a0\u202f]/g, ' ')}`, 'g'),
			day < 0 ? `J${day}` : `J+${day}`
		);
	return told;
};
/** What the payer got since the last look: the subject, then the sentences, without greeting, addresses, references and foot. */
function words(): string[][] {
	const mails = house.world.mailbox.mails.slice(seen).filter((one) => one.to.includes(payer.email));
	seen = house.world.mailbox.mails.length;
	return mails.map(({ subject, text }) => [
		counted(subject),
		...(counted(text).split('\n--\n')[0] ?? '')
			.split(/\n+/)
			.filter((line) => line && !/^(Atelier Lumen$|Bonjour|http|Référence|Reçu :|Créancier|Compte|Moyen)/.test(line))
	]);
}
async function live(days: number): Promise<string[][]> {
	const said: string[][] = [];
	for (let day = 0; day < days; day++) {
		await house.advance(1);
		await reconcileRecent(house.services, 3);
		await house.drain();
		said.push(...words());
	}
	return said;
}
async function plan(): Promise<string> {
	const invoiceId = await anInvoice(
		house.services,
		cast,
		{},
		{ number: 'F-1', issuedOn: inDays(0), dueOn: inDays(30) }
	);
	expect(
		await pay(house.services, payer, [invoiceId], 40_000, { option: 'plan_3', method: 'pm_success_fr' })
	).toMatchObject({ ok: true });
	await house.drain();
	return invoiceId;
}
const atStripe = () => {
	const account = house.world.world.accounts.get('acct_lumen');
	if (!account) throw new Error('no account');
	return account;
};
async function sendBack(invoiceId: string, position: number): Promise<void> {
	const [attempt] = await inScope(house.services.db, cast.system, (tx) =>
		tx.execute<{ intent: string }>(
			sql`select a.stripe_payment_intent_id as intent from payment_attempt a join attempt_part p using (supplier_id, attempt_id)
				join payment_attempt_invoice i using (supplier_id, attempt_id) where i.invoice_id = ${invoiceId} and p.position = ${position} order by a.created_at desc limit 1`
		)
	);
	const charge = atStripe().charges[String(atStripe().payment_intents[attempt?.intent ?? '']?.latest_charge)];
	if (!charge) throw new Error('the part was not taken');
	openDispute(house.world.world, atStripe(), charge, 'insufficient_funds');
}
/** From now on the bank finds nothing on the account. */
const emptyAccount = (): void => {
	for (const method of Object.values(atStripe().payment_methods))
		Object.assign(method, { _behaviour: 'pm_insufficientFunds_fr' });
};
const ANNOUNCED = (position: number) => [
	'400,00 € seront prélevés le J+7',
	`400,00 € seront prélevés le J+7 pour F-1 : échéance ${position} sur 3.`,
	'Voir mon échéancier :',
	'Vous préférez payer autrement ou plus tôt ? C’est possible depuis votre échéancier.'
];
const UNDER_WAY = (days: number) => [
	'Prélèvement SEPA de 400,00 € en cours',
	'Un prélèvement de 400,00 € pour F-1 est en cours. Voici ses références.',
	`Résultat attendu le : J+${days}`,
	'Vous pouvez en demander le remboursement à votre banque pendant 8 semaines après le débit.'
];
const ENDED = (rest: string) => [
	'Le reste de F-1 est à régler',
	'Une échéance de F-1 n’a pas été réglée malgré nos messages. Comme convenu, le paiement en plusieurs fois prend fin et le reste est à régler maintenant.',
	`Reste à payer : ${rest} €`,
	'en une fois',
	'Payer maintenant :',
	'Un désaccord ? Répondez à ce message : une personne vous lira.'
];

const REFUSED = (due: string, ...next: string[]) => [
	'Une échéance de F-1 n’a pas pu être prélevée',
	`L’échéance de 400,00 € du ${due} pour F-1 n’a pas pu être prélevée.`,
	...next
];
const NO_FUNDS = 'Votre banque indique que la provision du compte ne suffisait pas.';
const UNTRIED = 'Le moyen de paiement prévu ne peut plus servir : rien n’a été tenté, et aucune banque n’a refusé.';
const ANOTHER =
	'Payez cette échéance avec une autre carte ou un autre compte : ce moyen servira aussi pour les suivantes.';
const PAY = 'Payer 400,00 € :';
const BY = (days: number) => `Sans règlement d’ici le J+${days}, le reste de la somme deviendra exigible en une fois.`;
const SENT_BACK = REFUSED('J-11', 'Le prélèvement avait réussi, puis votre banque l’a renvoyé.', ANOTHER, PAY, BY(8));

test('sent back, then Stripe disconnects the supplier, then the next part is refused', async () => {
	const invoiceId = await plan();
	await live(30);
	await sendBack(invoiceId, 2);
	emptyAccount();
	expect(await live(1)).toEqual([SENT_BACK]);
	house.world.world.refusedAccounts = ['acct_lumen'];
	expect(await live(14), 'nothing can be asked: nothing is said').toEqual([]);
	house.world.world.refusedAccounts = [];
	expect(await live(14)).toEqual([
		UNDER_WAY(8),
		// Its own next try would come after the end of the plan: none is promised.
		REFUSED('J-9', NO_FUNDS, ANOTHER, PAY, BY(4)),
		ENDED('800,00')
	]);
});

test('sent back, the next part is under way when the plan ends, and comes to nothing', async () => {
	const invoiceId = await plan();
	await live(30);
	await sendBack(invoiceId, 2);
	emptyAccount();
	expect(await live(1)).toEqual([SENT_BACK]);
	expect(await live(16)).toEqual([
		UNDER_WAY(10),
		ENDED('400,00'),
		[
			'Le prélèvement de F-1 n’a pas abouti',
			'Le prélèvement de 400,00 € pour F-1 n’a pas abouti.',
			NO_FUNDS,
			'Reste à payer : 800,00 €',
			'Payer autrement :'
		]
	]);
});

test('sent back, then the next part is refused too, of a consumer: it is tried again, and that is not all there is to do', async () => {
	const invoiceId = await plan();
	await setKind(house.services, cast.owner, { clientId: payer.clientId, kind: 'consumer' });
	await live(30);
	await sendBack(invoiceId, 2);
	emptyAccount();
	await live(1);
	expect(await live(12)).toEqual([
		ANNOUNCED(3),
		UNDER_WAY(10),
		REFUSED('J-2', NO_FUNDS, 'Nous réessaierons le J+7. Une autre échéance attend encore votre règlement.', PAY, BY(19))
	]);
});

test('refused, then the supplier leaves its account at Stripe before the next try', async () => {
	await plan();
	await live(9);
	emptyAccount();
	expect(await live(20)).toEqual([
		ANNOUNCED(2),
		UNDER_WAY(9),
		REFUSED(
			'J-2',
			NO_FUNDS,
			'Nous réessaierons le J+10. Vous n’avez rien à faire, sauf si vous préférez payer autrement.',
			PAY
		)
	]);
	expect(await changeStripeAccount(house.services, cast.owner, 'acct_canuts')).toMatchObject({ ok: true });
	expect(await live(20)).toEqual([
		[
			'Un autre moyen de paiement est nécessaire pour F-1',
			'Atelier Lumen encaisse désormais par un autre compte. SEPA •••• 2606, que vous aviez choisi pour payer F-1 en plusieurs fois, n’y est pas connu. Donnez-le de nouveau, ou un autre, avant la prochaine échéance ; rien n’est débité en le donnant.',
			'Voir mon échéancier :'
		],
		REFUSED('J-12', UNTRIED, ANOTHER, PAY, BY(8)),
		REFUSED('J+0', UNTRIED, ANOTHER, PAY, BY(0)),
		ENDED('800,00')
	]);
});
