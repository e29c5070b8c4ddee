// What a programme would have given for a year of payments that were really made: nobody is supposed to pay any earlier because of it. Judged act by act like
// the real ones; what it would cost is every point used at its worth. Everybody begins in the first tier, as on the first day of a programme.
import type { CivilDate } from '../calendar/civil-date.ts';
import { add, minor, type Minor } from '../money/minor.ts';
import { judgeAct, type Act, type Verdict } from './judge.ts';
import { periodOf, withinLimits } from './limits.ts';
import type { CreditRule, ProgrammeTerms } from './programme.ts';
import { afterInvoice, verdictOfInvoice, type Series } from './streak.ts';
import { multiplierOf, tierOf } from './tiers.ts';

export type PastAct = Omit<Act, 'multiplierBps'> & {
	clientId: string;
	clientName: string;
	invoiceId: string;
	/** Nothing is left to pay of the invoice today. */
	isSettled: boolean;
	/** The client's first payment on these pages. */
	isFirstOnline: boolean;
	/** The plan that it pays a part of, when every part of it was paid without a refusal. */
	finishedPlanId: string | null;
};
export type TrialClient = {
	clientId: string;
	name: string;
	points: number;
	tier: number;
	/** null: points are worth no money in this programme. */
	costMinor: Minor | null;
	invoices: number;
	onTime: number;
};
export type Trial = {
	/** Settled invoices, and of them those of which every payment was on time. */
	invoices: number;
	onTime: number;
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
	const sum = { invoices: 0, onTime: 0, paidMinor: minor(0n), points: 0, clientCount: 0 };
	const tiers = terms.tiers.map(() => 0);
	const named = () => clients.sort(mostPointsFirst).slice(0, CLIENTS_NAMED);
	return {
		add(acts) {
			const [first] = acts;
			if (!first) return;
			const client = trialOf(terms, first, acts);
			sum.invoices += client.invoices;
			sum.onTime += client.onTime;
			for (const act of acts) sum.paidMinor = add(sum.paidMinor, act.amountMinor);
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
	const plans = new Map<string, { verdicts: Verdict[]; actedOn: CivilDate }>();
	const settled: Exclude<Verdict, 'excluded'>[] = [];
	for (const [i, act] of acts.entries()) {
		const verdict = earn(terms, run, act);
		if (act.finishedPlanId)
			plans.set(act.finishedPlanId, {
				verdicts: [...(plans.get(act.finishedPlanId)?.verdicts ?? []), verdict],
				actedOn: act.actedOn
			});
		if (act.isFirstOnline && verdict === 'on_time') give(terms, run, terms.earning.firstOnline, act.actedOn);
		const invoice = run.ofInvoice.get(act.invoiceId);
		if (!act.isSettled || lastOf.get(act.invoiceId) !== i || !invoice) continue;
		const whole = verdictOfInvoice(invoice.verdicts);
		if (!whole) continue;
		settled.push(whole);
		follow(terms, run, whole, act.actedOn);
	}
	for (const { verdicts, actedOn } of plans.values())
		if (verdicts.every((verdict) => verdict === 'on_time')) give(terms, run, terms.earning.planFinished, actedOn);
	return {
		clientId,
		name: clientName,
		points: run.points,
		tier: tierOf(terms.tiers, run.points),
		costMinor: worthOf(run.points, terms.credit),
		invoices: settled.length,
		onTime: settled.filter((verdict) => verdict === 'on_time').length
	};
}

function earn(terms: ProgrammeTerms, run: Running, act: PastAct): Verdict {
	const known = run.ofInvoice.get(act.invoiceId);
	const multiplierBps = known?.multiplierBps ?? multiplierOf(terms.tiers, tierOf(terms.tiers, run.points));
	const judged = judgeAct(terms.earning, { ...act, multiplierBps });
	const points = give(terms, run, judged.base + judged.early + judged.sepa, act.actedOn, known?.points ?? 0);
	run.ofInvoice.set(act.invoiceId, {
		points: (known?.points ?? 0) + points,
		multiplierBps,
		verdicts: [...(known?.verdicts ?? []), judged.verdict]
	});
	return judged.verdict;
}

/** Within the limits of the programme: what they cut is gone. */
function give(
	{ earning }: ProgrammeTerms,
	run: Running,
	points: number,
	on: CivilDate,
	ofInvoice: number | null = null
): number {
	const period = periodOf(earning, on)?.from;
	const ofPeriod = period ? (run.ofPeriod.get(period) ?? 0) : 0;
	// What is given for several is not of one invoice.
	const rule = ofInvoice === null ? { ...earning, maxPerInvoice: null } : earning;
	const given = withinLimits(rule, points, { ofInvoice: ofInvoice ?? 0, ofPeriod });
	if (period) run.ofPeriod.set(period, ofPeriod + given);
	run.points += given;
	return given;
}

function follow(terms: ProgrammeTerms, run: Running, verdict: Exclude<Verdict, 'excluded'>, on: CivilDate): void {
	const { streak } = terms.earning;
	if (!streak || streak.invoices < 1) return;
	const { completes, ...series } = afterInvoice(run.series, verdict, streak.invoices);
	run.series = series;
	if (completes) give(terms, run, streak.points, on);
}
