// What a mail about points says as things stand when it leaves: a tier that was lost meanwhile, points that were used meanwhile, are not told.
import { m } from '#lib/paraglide/messages.js';
import { getsPointsNews } from '../../../domain/mail/recipients.ts';
import { civilDateIn, parseCivilDate } from '../../../domain/calendar/civil-date.ts';
import { formatDay } from '../../../domain/calendar/format.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import type { Locale } from '../../../domain/money/format.ts';
import { formatPoints, inWords, signedPoints, tierBenefits } from '../../../i18n/points.ts';
import { rulesChanges } from '../../../i18n/points-rules.ts';
import { pointsMailsUrl } from '../../access/mail-choices.ts';
import type { RenderedMail } from '../../mails/layout.ts';
import {
	renderPointsEnding,
	renderPointsExpiring,
	renderRewardRefused,
	renderRulesChanged,
	renderTierReached
} from '../../mails/points-mails.ts';
import type { Tx } from '../../store/database.ts';
import { findClient } from '../../store/clients.ts';
import { findContact } from '../../store/contacts.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { findLiveProgramme, listProgrammes } from '../../store/points-programme.ts';
import { findRedemption } from '../../store/points-redemptions.ts';
import { listEarned, listExpiring, listTierOffers } from '../../store/points-reading.ts';
import type { Context } from './compose-context.ts';
import { accountToday } from '../points/account-today.ts';
import { partsOfKey } from '../points/queue-points-mails.ts';

export async function renderPointsMail(context: Context): Promise<RenderedMail | null> {
	const { services, scope, tx, row, to } = context;
	const [client, programme, person, supplier] = await Promise.all([
		findClient(tx, scope, row.subjectId),
		findLiveProgramme(tx, scope),
		row.contactId ? findContact(tx, scope, row.contactId) : null,
		getSupplier(tx, scope)
	]);
	if (!client || !person?.hasPortal) return null;
	if (row.kind === 'points_rules_changed') return renderChange(context, client.name);
	if (row.kind === 'reward_refused') return renderRefused(context, client);
	if (!programme) return null;
	const today = civilDateIn(services.clock.now(), supplier.timeZone);
	const { tiers, earning } = programme.terms;
	const account = await accountToday(tx, scope, client.clientId, { tiers, today });
	const common = { clientName: client.name, url: `${services.config.origin}/portail/points` };
	if (row.kind === 'points_ending') {
		const { lastEarnOn, lastSpendOn } = programme;
		return lastEarnOn && lastSpendOn
			? renderPointsEnding(to, { ...common, balance: account?.balance ?? 0, lastEarnOn, lastSpendOn })
			: null;
	}
	if (!account) return null;
	if (!getsPointsNews(person)) return null;
	const { page, oneClick } = pointsMailsUrl(services.config, person);
	const out = { ...common, outUrl: page, unsubscribeUrl: oneClick };
	if (row.kind === 'points_expiring') {
		const on = parseCivilDate(partsOfKey(row.uniqueKey)[0] ?? '');
		const ending = (await listExpiring(tx, scope, client.clientId, today)).find((one) => one.on === on);
		return on && ending && account.balance > 0
			? renderPointsExpiring(to, {
					...out,
					points: Math.min(ending.points, account.balance),
					on,
					balance: account.balance
				})
			: null;
	}
	const position = Number(partsOfKey(row.uniqueKey)[0]);
	const tier = tiers[position];
	if (!tier || account.tier !== position) return null;
	const next = tiers[position + 1];
	const offers = (await listTierOffers(tx, scope)).filter((one) => one.tier === position).map(({ terms }) => terms);
	return renderTierReached(to, {
		...out,
		tier: inWords(tier.name, to.locale),
		earned: account.earnedInYear,
		benefits: tierBenefits(tier, { earning, offers, locale: to.locale }),
		next: next
			? { name: inWords(next.name, to.locale), missing: Math.max(0, next.threshold - account.earnedInYear) }
			: null
	});
}

/** Told after the end of the programme too: whoever asked for something learns that it does not come, and what becomes of its points. */
async function renderRefused(
	{ services, scope, tx, row, to }: Context,
	{ clientId, name }: { clientId: string; name: string }
): Promise<RenderedMail | null> {
	const [redemptionId = '', firstEnd = ''] = partsOfKey(row.uniqueKey);
	const refused = await findRedemption(tx, scope, redemptionId);
	if (refused?.state !== 'canceled' || !refused.name) return null;
	const today = civilDateIn(services.clock.now(), (await getSupplier(tx, scope)).timeZone);
	const programme = (await listProgrammes(tx, scope)).find((one) => one.publishedAt !== null);
	const live = await findLiveProgramme(tx, scope);
	const lastSpendOn = (live ?? programme)?.lastSpendOn ?? null;
	const account = await accountToday(tx, scope, clientId, { tiers: live?.terms.tiers ?? [], today });
	const isOver = !live || (lastSpendOn !== null && lastSpendOn < today);
	const end = parseCivilDate(firstEnd);
	return renderRewardRefused(to, {
		clientName: name,
		url: `${services.config.origin}/portail/points`,
		reward: inWords(refused.name, to.locale),
		reason: refused.note ?? '',
		points: refused.points,
		// Of what pays a debt nothing is left to use.
		until: (account?.balance ?? 0) <= 0 ? null : end && lastSpendOn && lastSpendOn < end ? lastSpendOn : end,
		over: isOver ? { on: lastSpendOn } : null
	});
}

/** What the version says that the one before did not; null where a client reads no difference. */
async function renderChange(
	{ services, scope, tx, row, to }: Context,
	clientName: string
): Promise<RenderedMail | null> {
	const version = Number(partsOfKey(row.uniqueKey)[0]);
	const published = (await listProgrammes(tx, scope)).filter((one) => one.publishedAt !== null);
	const after = published.find((one) => one.version === version);
	const before = published.find((one) => one.version < version);
	if (!after?.publishedAt || !before) return null;
	const supplier = await getSupplier(tx, scope);
	const changes = rulesChanges(before.terms, after.terms, supplier, to.locale);
	if (!changes.added.length && !changes.gone.length) return null;
	return renderRulesChanged(to, {
		...changes,
		clientName,
		url: `${services.config.origin}/regles/${supplier.slug}?version=${version}`,
		version,
		from: civilDateIn(after.publishedAt, supplier.timeZone)
	});
}

/** "+147 points"; "+96 points, acquis le 30 novembre…"; null where nothing was earned. */
export async function pointsOfReceipt(tx: Tx, scope: Scope, paymentId: string, locale: Locale): Promise<string | null> {
	const say = { locale };
	const awards = await listEarned(tx, scope, { paymentId });
	const sum = (part: 'earnedPoints' | 'pendingPoints'): number => awards.reduce((all, award) => all + award[part], 0);
	const [points, pending] = [sum('earnedPoints'), sum('pendingPoints')];
	const finalOn = awards.find((award) => award.pendingPoints > 0)?.finalOn ?? null;
	const said = [
		...(points > 0 ? [m.points_gain({ count: points, points: signedPoints(points, locale) }, say)] : []),
		...(pending > 0
			? [
					m.points_earned_pending({ count: pending, points: formatPoints(pending, locale) }, say),
					finalOn ? m.points_pending_on({ date: formatDay(finalOn, locale) }, say) : m.points_pending_later({}, say)
				]
			: [])
	];
	return said.length ? said.join(', ') : null;
}
