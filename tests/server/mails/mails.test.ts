// Mails: sent once by however many workers, again after a crash within a stated bound, refusals shown on the contact.
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eq } from 'drizzle-orm';
import { mail, supplier } from '#lib/server/store/schema/index.ts';
import { findContact } from '#lib/server/store/contacts.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { sendInvoice } from '#lib/server/use-cases/access/pay-links.ts';
import { sendNextMail } from '#lib/server/use-cases/sending/send-next-mail.ts';
import { newId } from '#lib/server/identity.ts';
import { claimMail, finishMail, listMails, putBackMail, queueMails } from '#lib/server/store/mails.ts';
import { bounceOf } from '#sandbox/mailbox.ts';
import { mailGateway } from '#lib/server/gateways/mail/client.ts';
import { returnAddress } from '#lib/server/mails/bounces.ts';
import { noteBounce } from '#lib/server/use-cases/sending/note-bounce.ts';
import { escapeHtml, renderMail } from '#lib/server/mails/layout.ts';
import { aPayer, anInvoice, aSupplier, pay, type Cast } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
beforeAll(async () => {
	house = await openHouse(['acct_lumen', 'acct_crowd', 'acct_small']);
	cast = await aSupplier(house.services);
});
afterAll(() => house.close());
const received = (to: string) => house.world.mailbox.mails.filter((message) => message.to.includes(to));

test('eight workers send each mail once', async () => {
	await aPayer(house.services, cast, 'once@roche.example', 'Une fois');
	for (let i = 0; i < 6; i++) await anInvoice(house.services, cast, { name: 'Une fois' }, { sendMails: true });
	const worker = async () => {
		while (await sendNextMail(house.services));
	};
	await Promise.all(Array.from({ length: 8 }, worker));
	expect(received('once@roche.example')).toHaveLength(6);
});
test('thousands of mails of one supplier keep another’s receipt waiting for one of them', async () => {
	const [crowd, small] = [await aSupplier(house.services, 'acct_crowd'), await aSupplier(house.services, 'acct_small')];
	const many = await aPayer(house.services, crowd, 'many@roche.example', 'Beaucoup');
	const one = await aPayer(house.services, small, 'one@roche.example', 'Une seule');
	const subjectId = await anInvoice(house.services, crowd, { name: 'Beaucoup' });
	const about = { kind: 'invoice_to_pay', contactId: many.contactId, memberId: null, locale: 'fr', subjectId } as const;
	const mails = Array.from({ length: 5000 }, (_, i) => ({
		...about,
		mailId: newId(),
		uniqueKey: `crowd:${i}`,
		toAddress: many.email
	}));
	await inScope(house.services.db, crowd.system, (tx) =>
		queueMails(tx, crowd.system, mails, house.services.clock.now())
	);
	expect(await sendNextMail(house.services)).toBe(true);
	const invoiceId = await anInvoice(house.services, small, { name: 'Une seule' });
	await pay(house.services, one, [invoiceId], 120_000, { account: 'acct_small' });
	for (let i = 0; i < 2; i++) expect(await sendNextMail(house.services)).toBe(true);
	expect(received(one.email)).toHaveLength(1);
	expect(received(many.email).length).toBeLessThanOrEqual(2);
	await inScope(house.services.db, crowd.system, (tx) =>
		tx.update(mail).set({ state: 'dropped' }).where(eq(mail.toAddress, many.email))
	);
});
test('a worker killed after sending repeats at most once, after its lease, with the same Message-ID', async () => {
	await aPayer(house.services, cast, 'crash@roche.example', 'Panne');
	await anInvoice(house.services, cast, { name: 'Panne' }, { sendMails: true });
	const row = (await claimMail(house.services.db, house.services.clock.now(), {
		leaseMs: 120_000,
		served: null
	}))!;
	await house.services.mail.send({
		messageId: `<${row.mailId}@ponctuel>`,
		to: row.toAddress,
		returnTo: 'x@x.example',
		fromName: 'x',
		replyTo: 'x@x.example',
		subject: 's',
		html: 'h',
		text: 't',
		attachments: []
	});
	expect(await sendNextMail(house.services)).toBe(false);
	house.world.world.offsetMs += 121_000;
	while (await sendNextMail(house.services));
	const both = received('crash@roche.example');
	expect(both).toHaveLength(2);
	expect(new Set(both.map((message) => message.messageId)).size).toBe(1);
	house.world.world.offsetMs += 600_000;
	expect(await sendNextMail(house.services)).toBe(false);
});
test('what left while the database went away is noted when it is back, and does not leave again', async () => {
	const { services } = house;
	await aPayer(services, cast, 'restart@roche.example', 'Redémarrage');
	await anInvoice(services, cast, { name: 'Redémarrage' }, { sendMails: true });
	let [hasLeft, losses] = [false, 0];
	const send: typeof services.mail.send = async (message) => {
		const outcome = await services.mail.send(message);
		hasLeft = true;
		return outcome;
	};
	// Lost at COMMIT: nobody can say whether it stands, and here it does not.
	const app = new Proxy(services.db.app, {
		get: (target, name) =>
			name === 'transaction'
				? (work: Parameters<typeof target.transaction>[0]) =>
						target.transaction(async (tx) => {
							const outcome = await work(tx);
							if (hasLeft && losses++ < 2) throw Object.assign(new Error('lost'), { code: 'CONNECTION_CLOSED' });
							return outcome;
						})
				: Reflect.get(target, name)
	});
	expect(await sendNextMail({ ...services, db: { ...services.db, app }, mail: { ...services.mail, send } })).toBe(true);
	expect(losses).toBe(3);
	house.world.world.offsetMs += 121_000;
	while (await sendNextMail(services));
	expect(received('restart@roche.example')).toHaveLength(1);
});
test('whose lease has ended changes nothing for who is sending it by now; what has left has left', async () => {
	const { services } = house;
	const slow = await aPayer(services, cast, 'slow@roche.example', 'Lent');
	await anInvoice(services, cast, { name: 'Lent' }, { sendMails: true });
	const claim = async (leaseMs: number) =>
		(await claimMail(services.db, services.clock.now(), { leaseMs, served: null }))!;
	const now = async () => {
		const [row] = await inScope(services.db, cast.system, (tx) =>
			listMails(tx, cast.system, { contactId: slow.contactId })
		);
		return [row?.state, row?.tries, row?.nextTryAt.getTime()];
	};
	const [first, second] = [await claim(0), await claim(120_000)];
	const sending = ['sending', 2, second.nextTryAt.getTime()];
	expect(await now()).toEqual(sending);
	await putBackMail(services.db, first, services.clock.now());
	expect(await now()).toEqual(sending);
	const failing = { problem: 'slow', nextTryAt: services.clock.now() };
	for (const state of ['due', 'failed'] as const) {
		expect(await finishMail(services.db.system, first, { state, ...failing }, services.clock.now())).toBe(false);
		expect(await now()).toEqual(sending);
	}
	expect(await finishMail(services.db.system, first, { state: 'sent' }, services.clock.now())).toBe(true);
	expect((await now())[0]).toBe('sent');
});
test('a refused address shows on the contact, and a later success clears it', async () => {
	const payer = await aPayer(house.services, cast, 'nobody@refused.example', 'Refus');
	const invoiceId = await anInvoice(house.services, cast, { name: 'Refus' }, { sendMails: true });
	await house.drain();
	const contact = () => inScope(house.services.db, cast.system, (tx) => findContact(tx, cast.system, payer.contactId));
	expect((await contact())!.mailProblem).toContain('No such user');
	const before = await house.services.db.system.select().from(mail).where(eq(mail.toAddress, 'nobody@refused.example'));
	expect(before.map((row) => row.state)).toEqual(['refused']);
	// The mailbox is mended: the next mail arrives, and says so by itself.
	const accepting = { ...house.services.mail, send: async () => ({ kind: 'sent' as const }) };
	expect(await sendInvoice(house.services, cast.owner, invoiceId)).toMatchObject({ ok: true });
	while (await sendNextMail({ ...house.services, mail: accepting }));
	expect((await contact())!.mailProblem).toBeNull();
	expect((await contact())!.mailProblemAt).toBeNull();
});
test('a mail that comes back days later shows on the contact; a delay, a forgery and a repeat change nothing', async () => {
	const payer = await aPayer(house.services, cast, 'gone@bounce.example', 'Retour');
	await anInvoice(house.services, cast, { name: 'Retour' }, { sendMails: true });
	await house.drain();
	const [row] = await house.services.db.system.select().from(mail).where(eq(mail.toAddress, 'gone@bounce.example'));
	const from = returnAddress(house.config, row!.mailId);
	expect(from.split('@')[0]!.length).toBeLessThanOrEqual(64);
	const contact = () => inScope(house.services.db, cast.system, (tx) => findContact(tx, cast.system, payer.contactId));
	const hand = (text: string) => noteBounce(house.services, new TextEncoder().encode(text));
	const forged = from.replace(/\.[0-9a-f]{20}@/, `.${'0'.repeat(20)}@`);
	for (const text of [
		bounceOf(from, 'gone@bounce.example', 'delayed'),
		bounceOf(forged, 'gone@bounce.example'),
		bounceOf('paiements@ponctuel.example', 'gone@bounce.example'),
		`To: ${from}\r\nSubject: Out of office\r\n\r\nAction: failed`,
		'',
		'\0\xff'.repeat(100)
	])
		expect(await hand(text)).toBe('ignored');
	expect((await contact())!.mailProblem).toBeNull();
	expect(await hand(bounceOf(from, 'gone@bounce.example'))).toBe('noted');
	expect((await contact())!.mailProblem).toMatch(/^5\.1\.1 550 .*mailbox closed$/);
	expect(await hand(bounceOf(from, 'gone@bounce.example'))).toBe('ignored');
});
test('a bounce that comes while the sending is being noted is never lost', async () => {
	const payer = await aPayer(house.services, cast, 'quick@bounce.example', 'Retour immédiat');
	const contact = () => inScope(house.services.db, cast.system, (tx) => findContact(tx, cast.system, payer.contactId));
	await anInvoice(house.services, cast, { name: 'Retour immédiat' }, { sendMails: true });
	const { db } = house.services;
	const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
	// What the sender notes comes late; the bounce comes in between.
	const app = new Proxy(db.app, {
		get: (target, name) =>
			name === 'transaction'
				? async (...args: Parameters<typeof target.transaction>) => pause(150).then(() => target.transaction(...args))
				: Reflect.get(target, name)
	});
	let bounced: Promise<unknown> = Promise.resolve();
	const send: typeof house.services.mail.send = async (message) => {
		const outcome = await house.services.mail.send(message);
		const report = new TextEncoder().encode(bounceOf(message.returnTo, 'quick@bounce.example'));
		bounced = pause(30).then(() => noteBounce(house.services, report));
		return outcome;
	};
	const slow = { ...house.services, db: { ...db, app }, mail: { ...house.services.mail, send } };
	expect(await sendNextMail(slow)).toBe(true);
	await bounced;
	expect((await contact())!.mailProblem).toMatch(/mailbox closed$/);
});
test('a wrong password at the mail server is not the recipients’ fault: mails wait', async () => {
	const refusing = new SMTPServer({
		allowInsecureAuth: true,
		disabledCommands: ['STARTTLS'],
		logger: false,
		onAuth: (_auth, _session, done) => done(new Error('wrong password'))
	});
	await new Promise<void>((done) => void refusing.listen(0, '127.0.0.1', done));
	const { port } = refusing.server.address() as AddressInfo;
	const gateway = mailGateway({ smtpUrl: `smtp://me:wrong@127.0.0.1:${port}`, mailFrom: 'x@ponctuel.example' });
	const outcome = await gateway.send({
		messageId: '<x@ponctuel>',
		to: 'paul@roche.example',
		returnTo: 'x@ponctuel.example',
		fromName: 'x',
		replyTo: 'x@x.example',
		subject: 's',
		html: 'h',
		text: 't',
		attachments: []
	});
	gateway.close();
	await new Promise<void>((done) => refusing.close(done));
	expect(outcome).toMatchObject({ kind: 'later' });
});
test('what suppliers and clients write is inert in mails', () => {
	const nasty = '<script>alert(1)</script>"\'&';
	const { html, text } = renderMail({
		locale: 'fr',
		subject: nasty,
		preview: nasty,
		supplierName: nasty,
		brandHue: 165,
		blocks: [
			{ kind: 'text', text: nasty },
			{ kind: 'button', label: nasty, url: `https://x/"onclick="` }
		],
		footer: [nasty]
	});
	expect(html).not.toContain('<script>alert');
	expect(html).not.toContain('"onclick="');
	expect(text).toContain(nasty);
	expect(escapeHtml(nasty)).not.toMatch(/[<>"']/);
});
test('an invoice names the ways to pay that there are: no transfer to a supplier that has given no account', async () => {
	const [withIban, without] = [cast, await aSupplier(house.services, 'acct_canuts', 'Sans compte')];
	await inScope(house.services.db, without.system, (tx) =>
		tx.update(supplier).set({ iban: null, bic: null }).where(eq(supplier.supplierId, without.supplierId))
	);
	const ways: string[] = [];
	for (const [of, email] of [
		[withIban, 'ways@roche.example'],
		[without, 'fewer@roche.example']
	] as const) {
		await aPayer(house.services, of, email, 'Chemins');
		await anInvoice(house.services, of, { name: 'Chemins' }, { sendMails: true });
		await house.drain();
		ways.push(/Par [^.]*\./.exec(received(email)[0]?.text ?? '')?.[0] ?? '');
	}
	expect(ways).toEqual(['Par carte, prélèvement SEPA ou virement.', 'Par carte ou prélèvement SEPA.']);
});
test('what is read as plain text follows the rules of its language: French holds a colon to its word', () => {
	const textIn = (locale: 'fr' | 'en'): string =>
		renderMail({
			locale,
			subject: 's',
			preview: 'p',
			supplierName: 'Atelier',
			brandHue: 165,
			blocks: [
				{ kind: 'facts', rows: [['Par', 'Claire']] },
				{ kind: 'button', label: 'Ouvrir', url: 'https://x.example' },
				{ kind: 'amount', label: 'À payer', text: '12 €', note: 'demain' }
			],
			footer: []
		}).text;
	for (const said of ['Par\u00a0: Claire', 'Ouvrir\u00a0:\nhttps://x.example', 'À payer\u00a0: 12 €'])
		expect(textIn('fr')).toContain(said);
	for (const said of ['Par: Claire', 'Ouvrir:\nhttps://x.example', 'À payer: 12 €'])
		expect(textIn('en')).toContain(said);
});
