// What a programme would have given for a year of payments that were really made: nobody is supposed to pay any earlier because of it. Judged act by act like
// the real ones, by what stands of the money today: a series that a return broke since is not seen. What it would cost is every point used at its worth.
// Everybody begins in the first tier, as on the first day of a programme.
import type { CivilDate } from '../calendar/civil-date.ts';
import { add, minor, type Minor } from '../money/minor.ts';
import { required } from '../required.ts';
import { judgeAct, scaled, type Act, type Verdict } from './judge.ts';
import { periodOf, withinLimits } from './limits.ts';
import type { CreditRule, ProgrammeTerms } from './programme.ts';
import { afterInvoice, verdictOfInvoice, type Series } from './streak.ts';
import { multiplierOf, tierOf } from './tiers.ts';

export type PastAct = Omit<Act, 'multiplierBps'> & {
	clientId: string;
	clientName: string;
	invoiceId: string;
	/** What one payment pays of several invoices are acts of their own. */
	paymentId: string;
	/** Of the amount, what did not go back since. */
	standingMinor: Minor;
	/** Nothing is left to pay of the invoice today. */
	isSettled: boolean;
	/** Of the client's first payment on these pages. */
	isFirstOnline: boolean;
	/** The plan that it pays an instalment of, when every instalment of it was paid without a refusal. */
	finishedPlanId: string | null;
};
export type TrialClient = {
	clientId: string;
	name: string;
	points: number;
	tier: number;
	/** null: points are worth no money in this programme. */
	costMinor: Minor | null;
	/** Settled ones that were judged. */
	invoices: number;
};
export type Trial = {
	/** Settled invoices that were judged. How many came on time is no matter of these rules: figures.ts counts it. */
	invoices: number;
	paidMinor: Minor;
	points: number;
	costMinor: Minor | null;
	/** Those with most points first, `CLIENTS_NAMED` at most. */
	clients: TrialClient[];
	clientCount: number;
	/** How many clients in each tier. */
	tiers: number[];
};
const CLIENTS_NAMED = 50;

/** One client after the other, each with all of its acts: a year is as long as it is, what is kept of it is not. */
export function openTrial(terms: ProgrammeTerms): { add(acts: readonly PastAct[]): void; result(): Trial } {
	let clients: TrialClient[] = [];
	const sum = { invoices: 0, paidMinor: minor(0n), points: 0, clientCount: 0 };
	const tiers = terms.tiers.map(() => 0);
	const named = () => clients.sort(mostPointsFirst).slice(0, CLIENTS_NAMED);
	return {
		add(acts) {
			const [first] = acts;
			// Whose money all went back has paid nothing.
			if (!first || acts.every((act) => act.standingMinor <= 0n)) return;
			const client = trialOf(terms, first, acts);
			sum.invoices += client.invoices;
			for (const act of acts) sum.paidMinor = add(sum.paidMinor, act.standingMinor);
			sum.points += client.points;
			sum.clientCount++;
			tiers[client.tier] = (tiers[client.tier] ?? 0) + 1;
			clients.push(client);
			if (clients.length >= 2 * CLIENTS_NAMED) clients = named();
		},
		result: () => ({ ...sum, costMinor: worthOf(sum.points, terms.credit), clients: named(), tiers })
	};
}
const mostPointsFirst = (a: TrialClient, b: TrialClient): number =>
	b.points - a.points || (a.clientId < b.clientId ? -1 : 1);

/** What points are worth when they are used on an invoice: `points` of the rule are `valueMinor`. The liability of points that are out is the same sum. */
export const worthOf = (points: number, credit: CreditRule | null): Minor | null =>
	credit && credit.points > 0 && credit.valueMinor > 0n
		? minor((BigInt(Math.max(points, 0)) * credit.valueMinor) / BigInt(credit.points))
		: null;

type Running = {
	points: number;
	series: Series;
	ofInvoice: Map<string, { points: number; multiplierBps: number; verdicts: Verdict[] }>;
	ofPeriod: Map<CivilDate, number>;
};
function trialOf(terms: ProgrammeTerms, { clientId, clientName }: PastAct, theirs: readonly PastAct[]): TrialClient {
	const acts = [...theirs].sort((a, b) => (a.actedOn < b.actedOn ? -1 : a.actedOn > b.actedOn ? 1 : 0));
	const run: Running = { points: 0, series: { streak: 0, neutrals: 0 }, ofInvoice: new Map(), ofPeriod: new Map() };
	const lastOf = new Map(acts.map((act, i) => [act.invoiceId, i]));
	const plans = new Map<string, Together>();
	const first: Together = { acts: [], isOnTime: true };
	let invoices = 0;
	for (const [i, act] of acts.entries()) {
		const verdict = earn(terms, run, act);
		if (act.finishedPlanId) plans.set(act.finishedPlanId, together(plans.get(act.finishedPlanId), act, verdict));
		if (act.isFirstOnline) {
			Object.assign(first, together(first, act, verdict));
			// Given once for the payment, with the last of its invoices.
			if (first.isOnTime && acts[i + 1]?.paymentId !== act.paymentId)
				give(terms, run, { points: terms.earning.firstOnline, ...sumOf(first) });
		}
		const invoice = run.ofInvoice.get(act.invoiceId);
		if (!act.isSettled || lastOf.get(act.invoiceId) !== i || !invoice) continue;
		const whole = verdictOfInvoice(invoice.verdicts);
		if (!whole) continue;
		invoices += 1;
		follow(terms, run, whole, act);
	}
	for (const plan of plans.values()) {
		// A bonus of the whole plan: it is there with all of its money, or not.
		const { amountMinor, standingMinor, actedOn } = sumOf(plan);
		const given = { points: terms.earning.planFinished, amountMinor: minor(1n), standingMinor: minor(1n), actedOn };
		if (plan.isOnTime && standingMinor >= amountMinor) give(terms, run, given);
	}
	return {
		clientId,
		name: clientName,
		points: run.points,
		tier: tierOf(terms.tiers, run.points),
		costMinor: worthOf(run.points, terms.credit),
		invoices
	};
}

/** What is given for several acts at once. */
type Together = { acts: PastAct[]; isOnTime: boolean };
const together = (before: Together | undefined, act: PastAct, verdict: Verdict): Together => ({
	acts: [...(before?.acts ?? []), act],
	isOnTime: (before?.isOnTime ?? true) && verdict === 'on_time'
});
const sumOf = ({ acts }: Together): Given => ({
	amountMinor: add(...acts.map((act) => act.amountMinor)),
	standingMinor: add(...acts.map((act) => act.standingMinor)),
	actedOn: required(acts.at(-1), 'act').actedOn
});
type Given = Pick<PastAct, 'amountMinor' | 'standingMinor' | 'actedOn'>;

function earn(terms: ProgrammeTerms, run: Running, act: PastAct): Verdict {
	const known = run.ofInvoice.get(act.invoiceId);
	const multiplierBps = known?.multiplierBps ?? multiplierOf(terms.tiers, tierOf(terms.tiers, run.points));
	const judged = judgeAct(terms.earning, { ...act, multiplierBps });
	const points = judged.base + judged.early + judged.sepa;
	const given = give(terms, run, { ...act, points, ofInvoice: known?.points ?? 0 });
	run.ofInvoice.set(act.invoiceId, {
		points: (known?.points ?? 0) + given,
		multiplierBps,
		verdicts: [...(known?.verdicts ?? []), judged.verdict]
	});
	return judged.verdict;
}

/** Within the limits of the programme: what they cut is gone. Of what is given, the share that stands of its money. `ofInvoice`: what it has had; without, it is of several. */
function give(
	{ earning }: ProgrammeTerms,
	run: Running,
	{ points, ofInvoice, amountMinor, standingMinor, actedOn }: Given & { points: number; ofInvoice?: number }
): number {
	const period = periodOf(earning, actedOn)?.from;
	const ofPeriod = period ? (run.ofPeriod.get(period) ?? 0) : 0;
	const rule = ofInvoice === undefined ? { ...earning, maxPerInvoice: null } : earning;
	const given = scaled(withinLimits(rule, points, { ofInvoice: ofInvoice ?? 0, ofPeriod }), {
		standingMinor,
		amountMinor
	});
	if (period) run.ofPeriod.set(period, ofPeriod + given);
	run.points += given;
	return given;
}

function follow(terms: ProgrammeTerms, run: Running, verdict: Exclude<Verdict, 'excluded'>, act: PastAct): void {
	const { streak } = terms.earning;
	if (!streak || streak.invoices < 1) return;
	const { completes, ...series } = afterInvoice(run.series, verdict, streak.invoices);
	run.series = series;
	// Every invoice of it is settled: the bonus is there whole.
	if (completes) give(terms, run, { points: streak.points, ...act, standingMinor: act.amountMinor });
}
