// The rules of the programme, accepted once for a client by one of its people, word for word. Actor: that person. Input: the version that was shown.
// Refusals: not_found (no programme, or nobody's person), points_rules_changed (another version came meanwhile: it is shown, nothing was accepted).
import type { Scope } from '../../../domain/access/scope.ts';
import type { Locale } from '../../../domain/money/format.ts';
import { rulesText } from '../../../i18n/points-rules.ts';
import { sha256 } from '../../identity.ts';
import type { Services } from '../../services.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { findLiveProgramme } from '../../store/points-programme.ts';
import { insertPointsAcceptance, listTierOffers } from '../../store/points-reading.ts';
import { commit, done, refuse, type Result } from '../run.ts';

export type AcceptRules = { version: number; locale: Locale; ip: string | null; userAgent: string | null };
export async function acceptRules(services: Services, scope: Scope, asked: AcceptRules): Promise<Result<null>> {
	const { actor } = scope;
	if (actor.kind !== 'contact') return refuse('not_found');
	return commit(services, scope, async (tx) => {
		const programme = await findLiveProgramme(tx, scope);
		if (!programme) return refuse('not_found');
		if (programme.version !== asked.version) return refuse('points_rules_changed');
		const [supplier, offers] = await Promise.all([getSupplier(tx, scope), listTierOffers(tx, scope)]);
		const text = rulesText(programme.terms, supplier, asked.locale, offers).join('\n');
		await insertPointsAcceptance(tx, scope, {
			clientId: actor.clientId,
			contactId: actor.contactId,
			version: programme.version,
			rulesText: text,
			rulesHash: sha256(text),
			locale: asked.locale,
			ip: asked.ip,
			userAgent: asked.userAgent?.slice(0, 500) ?? null,
			acceptedAt: services.clock.now()
		});
		return done(null);
	});
}
