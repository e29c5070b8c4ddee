// The supplier's billing settings, as its form sends them.
import * as v from 'valibot';
import { typedRate } from './typed.ts';
import { ACCOUNTS, type Account } from '../domain/ledger/entries.ts';

export const BillingForm = v.object({
	businessTerms: v.picklist(['days_60', 'days_45_then_end_of_month', 'end_of_month_then_days_45']),
	isLargeOnlineSeller: v.boolean(),
	/** Never under a week: a client must have the time to answer. */
	planCureDays: v.pipe(v.number(), v.integer(), v.minValue(7), v.maxValue(60)),
	/** A year, agreed with clients; null: the statutory rate. Whether it is lawful depends on the day. */
	lateRateBps: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000))),
	accounts: v.record(v.string(), v.pipe(v.string(), v.regex(/^\d{3,12}$/)))
});
export type BillingForm = {
	businessTerms: 'days_60' | 'days_45_then_end_of_month' | 'end_of_month_then_days_45';
	isLargeOnlineSeller: boolean;
	planCureDays: number;
	lateRateBps: number | null;
	accounts: Partial<Record<Account, string>>;
};

export function billingFrom(data: FormData): v.SafeParseResult<typeof BillingForm> {
	const accounts = Object.fromEntries(
		ACCOUNTS.map((account) => [account, String(data.get(`compte.${account}`) ?? '').replace(/\s/g, '')]).filter(
			([account, number]) => number && number !== account
		)
	);
	const rate = String(data.get('penalites') ?? '');
	return v.safeParse(BillingForm, {
		businessTerms: String(data.get('delais') ?? ''),
		isLargeOnlineSeller: data.has('grande'),
		planCureDays: Number(data.get('reprise') ?? NaN),
		lateRateBps: rate.trim() ? (typedRate(rate) ?? NaN) : null,
		accounts
	});
}
