// What a form that waits was about to do: once the person has confirmed who it is, or has signed in again.
import { m } from '#lib/paraglide/messages.js';
import type { KeptAct } from '../domain/access/fresh-proof.ts';

export function keptActText(act: KeptAct): string {
	const texts: Record<KeptAct, () => string> = {
		refund: m.confirm_act_refund,
		keys: m.confirm_act_keys,
		billing: m.confirm_act_billing,
		rights: m.confirm_act_rights,
		passkey: m.confirm_act_passkey,
		import: m.confirm_act_import,
		contact: m.confirm_act_contact,
		member: m.confirm_act_member,
		mail: m.confirm_act_mail,
		offer: m.confirm_act_offer,
		part: m.confirm_act_part,
		outcome: m.confirm_act_outcome,
		signed_out: m.confirm_act_signed_out
	};
	return texts[act]();
}
