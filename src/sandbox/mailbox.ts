// The post office of the demo and the tests: takes every mail over SMTP, keeps it, shows it as JSON. Addresses at refused.example are refused;
// those at bounced.example take the mail, and send it back afterwards.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';

export type ReceivedMail = {
	id: string;
	at: string;
	to: string[];
	from: string;
	subject: string;
	html: string;
	text: string;
	messageId: string;
	headers: Record<string, string>;
	attachments: { name: string; type: string; size: number }[];
};
const KEPT = 2000;

export class Mailbox {
	mails: ReceivedMail[] = [];
	private readonly file: string | null;
	private readonly now: () => number;
	/** Milliseconds to wait before accepting a message: lets a test kill the sender in the middle. */
	delayMs = 0;
	private readonly bounceTo: string | null;
	constructor(options: { file?: string | null; now?: () => number; bounceTo?: string | null } = {}) {
		this.file = options.file ?? null;
		this.bounceTo = options.bounceTo ?? null;
		this.now = options.now ?? Date.now;
		if (this.file && existsSync(this.file)) this.mails = JSON.parse(readFileSync(this.file, 'utf8')) as ReceivedMail[];
	}
	async receive(raw: Buffer, to: string[]): Promise<void> {
		const mail = await PostalMime.parse(raw);
		this.mails.push({
			id: `mail_${this.mails.length + 1}_${Date.now()}`,
			at: new Date(this.now()).toISOString(),
			to,
			from: mail.from?.address ?? '',
			subject: mail.subject ?? '',
			html: mail.html ?? '',
			text: mail.text ?? '',
			messageId: mail.messageId ?? '',
			headers: Object.fromEntries(mail.headers.map((header) => [header.key, header.value])),
			attachments: mail.attachments.map((file) => ({
				name: file.filename ?? '',
				type: file.mimeType,
				size: typeof file.content === 'string' ? file.content.length : file.content.byteLength
			}))
		});
		if (this.mails.length > KEPT) this.mails.shift();
		if (this.file) writeFileSync(this.file, JSON.stringify(this.mails));
	}
	/** Some addresses take a mail and send it back afterwards; the mail server hands the report over, as the runbook says. */
	async bounce({
		mailFrom,
		rcptTo
	}: {
		mailFrom: { address: string } | false;
		rcptTo: { address: string }[];
	}): Promise<void> {
		if (!this.bounceTo || !mailFrom) return;
		for (const { address } of rcptTo.filter((to) => to.address.endsWith('@bounced.example')))
			await fetch(this.bounceTo, {
				method: 'POST',
				headers: { 'content-type': 'message/rfc822' },
				body: bounceOf(mailFrom.address, address)
			}).catch(() => null);
	}
}

/** A delivery report as mail servers write them (RFC 3464), to the envelope's sender. */
export function bounceOf(from: string, to: string, action: 'failed' | 'delayed' = 'failed'): string {
	return [
		'From: Mail Delivery System <mailer-daemon@mx.bounced.example>',
		`To: ${from}`,
		'Subject: Undelivered Mail Returned to Sender',
		'MIME-Version: 1.0',
		'Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"',
		'',
		'--=_b',
		'Content-Type: text/plain; charset=us-ascii',
		'',
		'Your message could not be delivered.',
		'--=_b',
		'Content-Type: message/delivery-status',
		'',
		'Reporting-MTA: dns; mx.bounced.example',
		'',
		`Final-Recipient: rfc822; ${to}`,
		`Action: ${action}`,
		`Status: ${action === 'failed' ? '5.1.1' : '4.4.1'}`,
		`Diagnostic-Code: smtp; 550 5.1.1 <${to}>:`,
		'    Recipient address rejected: mailbox closed',
		'--=_b--',
		''
	].join('\r\n');
}

export function smtpServer(mailbox: Mailbox): SMTPServer {
	return new SMTPServer({
		authOptional: true,
		disabledCommands: ['STARTTLS', 'AUTH'],
		logger: false,
		onRcptTo: (address, _session, done) =>
			done(
				address.address.endsWith('@refused.example')
					? Object.assign(new Error('5.1.1 No such user here'), { responseCode: 550 })
					: null
			),
		onData(stream, session, done) {
			const parts: Buffer[] = [];
			const { envelope } = session;
			stream
				.on('data', (part: Buffer) => parts.push(part))
				.on('end', () => {
					const finish = () =>
						mailbox
							.receive(
								Buffer.concat(parts),
								envelope.rcptTo.map((to) => to.address)
							)
							.then(() => {
								done();
								void mailbox.bounce(envelope);
							}, done);
					setTimeout(() => void finish(), mailbox.delayMs);
				});
		}
	});
}

/** GET /mails?to=… newest first; POST /delay {ms}. */
export function mailboxServer(mailbox: Mailbox): Server {
	return createServer((req, res) => {
		const url = new URL(req.url ?? '/', 'http://mailbox');
		res.setHeader('content-type', 'application/json');
		if (url.pathname === '/delay') {
			mailbox.delayMs = Number(url.searchParams.get('ms') ?? 0);
			return void res.end('{}');
		}
		const to = url.searchParams.get('to');
		res.end(JSON.stringify([...mailbox.mails].reverse().filter((mail) => !to || mail.to.includes(to))));
	});
}
