// What happens to the money once it lies at Stripe: paid out by schedule and by hand, come back from the bank, put in, Stripe's own monthly fee.
import { ask } from './ask.ts';
import type { Dice } from './dice.ts';
import type { Scene } from './scene.ts';
import { KEYS, type Stage } from './stage.ts';
import { ACCOUNTS } from './world.ts';

type Payout = { id: string; status: string; automatic: boolean };
const payoutsOf = async (stage: Stage, account: string): Promise<Payout[]> => {
	const state = await stage.lever<{ accounts: Record<string, { payouts?: Record<string, Payout> }> }>('GET', '/state');
	return Object.values(state.accounts[account]?.payouts ?? {});
};
const schedule = (stage: Stage, account: string, extra: string) =>
	stage.lever('POST', '/trigger', { type: 'payout_schedule', id: account, extra });

export async function moneyMoves({ dice, stage, count }: Scene): Promise<void> {
	const account = dice.one(ACCOUNTS);
	const atStripe = (path: string, body: Record<string, string>) =>
		ask(`${stage.apiUrl}/v1/${path}`, {
			method: 'POST',
			headers: {
				authorization: `Bearer ${KEYS.secret}`,
				'stripe-account': account,
				'content-type': 'application/x-www-form-urlencoded'
			},
			body: new URLSearchParams(body).toString()
		});
	const what = dice.weighed([
		[3, 'payouts by schedule'],
		[4, 'payout by hand'],
		[3, 'payout comes back'],
		[2, 'payout called off'],
		[2, 'top-up or fee']
	]);
	count(what);
	if (what === 'payouts by schedule')
		return void (await schedule(stage, account, dice.one(['daily', 'daily', 'weekly', 'manual'])));
	if (what === 'payout by hand')
		return void (await atStripe('payouts', { amount: String(100 + dice.roll(90_000)), currency: 'eur' }));
	if (what === 'top-up or fee') {
		const [type, sign] = dice.one([
			['topup', 1],
			['stripe_fee', -1]
		] as const);
		return void (await stage.lever('POST', '/trigger', {
			type,
			id: account,
			extra: String(sign * (1 + dice.roll(5000)))
		}));
	}
	const payouts = await payoutsOf(stage, account);
	const open = payouts.filter(({ status, automatic }) => status === 'pending' && !automatic);
	if (what === 'payout called off' && open.length)
		return void (await atStripe(`payouts/${dice.one(open).id}/cancel`, {}));
	// Some that fail had been called paid.
	if (payouts.length) await stage.lever('POST', '/trigger', { type: 'payout_fail', id: dice.one(payouts).id });
}
export async function beginPayouts(stage: Stage, dice: Dice): Promise<void> {
	for (const account of ACCOUNTS) await schedule(stage, account, dice.one(['daily', 'weekly', 'manual']));
}
/** What is paid out last is booked with the days that follow. */
export async function endPayouts(stage: Stage): Promise<void> {
	for (const account of ACCOUNTS) await schedule(stage, account, 'manual');
}
