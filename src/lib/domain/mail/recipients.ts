// Who of a client may have a mail: asked when mails are queued, when they leave, and by whoever foresees them.
export type MailRights = { isBilling: boolean; hasPortal: boolean };

/** Invoices to pay are for those who receive invoices. */
export const getsInvoices = ({ isBilling }: Pick<MailRights, 'isBilling'>): boolean => isBilling;
/** The rest is for whoever is let in at all. */
export const getsNews = (rights: MailRights): boolean => getsInvoices(rights) || rights.hasPortal;
/** What points bring and lose is told to whoever sees them, until they say no. */
export const getsPointsNews = (rights: MailRights & { pointsMails: boolean }): boolean =>
	rights.hasPortal && rights.pointsMails;
