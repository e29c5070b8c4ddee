// What the product needs of a mail server.
export type OutgoingMail = {
	messageId: string; // the same for every try of one mail: receivers can tell a repeat
	to: string;
	returnTo: string; // the envelope's sender: where a bounce goes
	fromName: string;
	replyTo: string;
	subject: string;
	html: string;
	text: string;
	/** Of mails that one can do without: takes a POST that asks for no more of them. */
	unsubscribeUrl?: string;
	attachments: { name: string; content: Uint8Array; type: string }[];
};
/** `refused`: the address or the message, for good. `later`: try again; `mayHaveLeft`: the server had been spoken to, and its last word was not heard. */
export type SendOutcome =
	{ kind: 'sent' } | { kind: 'refused'; problem: string } | { kind: 'later'; problem: string; mayHaveLeft?: boolean };
export type MailGateway = { send(mail: OutgoingMail): Promise<SendOutcome>; close(): void };
