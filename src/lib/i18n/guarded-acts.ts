// What is about to be done once the person has confirmed who it is.
import { m } from '#lib/paraglide/messages.js';
import type { GuardedAct } from '../domain/access/fresh-proof.ts';

export function guardedActText(act: GuardedAct): string {
	const texts: Record<GuardedAct, () => string> = {
		refund: m.confirm_act_refund,
		keys: m.confirm_act_keys,
		billing: m.confirm_act_billing,
		rights: m.confirm_act_rights,
		passkey: m.confirm_act_passkey,
		import: m.confirm_act_import
	};
	return texts[act]();
}
