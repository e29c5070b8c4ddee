// What writing a mail needs at hand.
import type { Scope } from '../../../domain/access/scope.ts';
import type { To } from '../../mails/invoice-mails.ts';
import type { Services } from '../../services.ts';
import type { Tx } from '../../store/database.ts';
import type { MailRow } from '../../store/mails.ts';
import type { Supplier } from '../../store/suppliers.ts';

export type Context = {
	services: Services;
	scope: Scope;
	tx: Tx;
	row: MailRow;
	supplier: Supplier;
	to: To;
};
