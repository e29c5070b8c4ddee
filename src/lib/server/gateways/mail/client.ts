// SMTP through nodemailer.
import { createTransport } from 'nodemailer';
import { mailboxOf } from '../../../domain/mail/mailbox.ts';
import { oneLine } from '../../../domain/mail/one-line.ts';
import type { Config } from '../../config.ts';
import type { MailGateway } from './port.ts';

/** Names come from suppliers: no control character, no quote games (header injection is also refused by nodemailer). */
const headerText = (text: string): string => oneLine(text.replace(/[<>"]+/g, ' '));
/** As an object it is never parsed: nodemailer reads lists, groups and names in text. */
const only = (address: string) => ({ name: '', address });

type SmtpError = {
	responseCode?: number;
	command?: string;
	code?: string;
	syscall?: string;
	timeoutType?: string;
	message: string;
};
/** Nodemailer says of a connection that was lost in the middle what it says of one that never was: these are certain. */
const NEVER_SPOKE = ['EDNS', 'EAUTH', 'ETLS', 'EPROTOCOL', 'EENVELOPE'];
const isUnheard = ({ responseCode = 0, code = '', syscall, timeoutType }: SmtpError): boolean =>
	!responseCode &&
	!NEVER_SPOKE.includes(code) &&
	syscall !== 'connect' &&
	timeoutType !== 'CONNECT_TIMEOUT' &&
	timeoutType !== 'GREETING_TIMEOUT';

export function mailGateway(config: Pick<Config, 'smtpUrl' | 'mailFrom'>): MailGateway {
	const transport = createTransport({
		url: config.smtpUrl,
		pool: true,
		maxConnections: 3,
		connectionTimeout: 10_000,
		greetingTimeout: 10_000,
		socketTimeout: 30_000
	} as never);
	return {
		close: () => transport.close(),
		send: async (mail) => {
			// The last wall: whatever a row of old holds, a mail goes to one mailbox or to none.
			const to = mailboxOf(mail.to);
			if (!to) return { kind: 'refused', problem: 'not the address of one mailbox' };
			const replyTo = mailboxOf(mail.replyTo);
			try {
				await transport.sendMail({
					messageId: mail.messageId,
					from: { name: headerText(mail.fromName), address: config.mailFrom },
					to: only(to),
					envelope: { from: mail.returnTo, to: [only(to)] },
					...(replyTo ? { replyTo: { name: headerText(mail.fromName), address: replyTo } } : {}),
					subject: headerText(mail.subject),
					html: mail.html,
					text: mail.text,
					headers: {
						'Auto-Submitted': 'auto-generated',
						'X-Auto-Response-Suppress': 'All',
						...(mail.unsubscribeUrl
							? {
									'List-Unsubscribe': `<${mail.unsubscribeUrl}>`,
									'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click'
								}
							: {})
					},
					attachments: mail.attachments.map((file) => ({
						filename: headerText(file.name),
						content: Buffer.from(file.content),
						contentType: file.type
					}))
				});
				return { kind: 'sent' };
			} catch (error) {
				// Only the recipient or the message can be refused for good: a wrong password or sender is ours to mend, and the mail waits.
				const { responseCode = 0, command = '', message } = error as SmtpError;
				return responseCode >= 500 && (command === 'RCPT TO' || command === 'DATA')
					? { kind: 'refused', problem: message.slice(0, 300) }
					: { kind: 'later', problem: message.slice(0, 300), mayHaveLeft: isUnheard(error as SmtpError) };
			}
		}
	};
}
