// What a client can do with its points today: less to pay of an invoice, rewards. Says what is out of reach, and why.
import type { CreditView, RewardView, TierCard } from '../../../contract/point-views.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import type { CivilDate } from '../../../domain/calendar/civil-date.ts';
import { payableToday } from '../../../domain/invoices/state.ts';
import type { Locale } from '../../../domain/money/format.ts';
import { creditSteps } from '../../../domain/points/credit.ts';
import { leftOf } from '../../../domain/points/stock.ts';
import { inWords } from '../../../i18n/points.ts';
import type { Tx } from '../../store/database.ts';
import { listInvoicesBehind } from '../../store/invoice-pages.ts';
import type { ProgrammeRow } from '../../store/points-programme.ts';
import type { AccountRow } from '../../store/points-reading.ts';

export type AccountSaid = Pick<
	AccountRow,
	'balance' | 'pending' | 'earnedInYear' | 'tier' | 'recheckOn' | 'streak' | 'frozenAt' | 'frozenReason'
>;

/** On the invoice that falls due first, of those that may be reduced. What is missing is said. */
export async function creditOf(
	tx: Tx,
	scope: Scope,
	{
		programme: { terms, lastSpendOn },
		account,
		today
	}: { programme: ProgrammeRow; account: AccountSaid; today: CivilDate }
): Promise<CreditView | null> {
	const { credit } = terms;
	if (!credit || account.frozenAt || (lastSpendOn && today > lastSpendOn)) return null;
	const available = Math.max(0, account.balance);
	const open = await listInvoicesBehind(tx, scope, { today, status: 'open', after: null, limit: 50 });
	for (const record of open) {
		const payableMinor = payableToday(record);
		const steps = creditSteps({ rule: credit, available, isFrozen: false }, { payableMinor, priceMinor: payableMinor });
		if (steps.length)
			return {
				invoiceId: record.invoiceId,
				number: record.number,
				payableMinor,
				currency: record.currency,
				steps
			};
	}
	return null;
}

type OfReward = {
	account: AccountSaid;
	card: TierCard;
	today: CivilDate;
	taken: Map<string, number>;
	codes: Map<string, number>;
	locale: Locale;
};
export function rewardsOf(
	{ terms }: ProgrammeRow,
	{ account, card, today, taken, codes, locale }: OfReward
): RewardView[] {
	return terms.rewards.flatMap((reward) => {
		const left = leftOf(reward, taken.get(reward.rewardId) ?? 0, codes.get(reward.rewardId) ?? 0);
		if (left === 0 || (reward.until && reward.until < today)) return [];
		const missing = Math.max(0, reward.points - Math.max(0, account.balance));
		const tier = terms.tiers[reward.minTier];
		return [
			{
				rewardId: reward.rewardId,
				kind: reward.kind,
				name: inWords(reward.name, locale),
				terms: inWords(reward.terms, locale),
				points: reward.points,
				until: reward.until as CivilDate | null,
				left,
				isFor:
					reward.from && reward.from > today
						? ('later' as const)
						: card.tier < reward.minTier
							? ('tier' as const)
							: missing > 0
								? ('points' as const)
								: ('now' as const),
				tierName: reward.minTier > 0 && tier ? inWords(tier.name, locale) : null,
				missing
			}
		];
	});
}
