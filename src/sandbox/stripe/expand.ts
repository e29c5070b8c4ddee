// expand[]: ids become objects, up to four levels, `data.` first on lists.
import { invalid } from './errors.ts';
import { publicView, type Account } from './world.ts';

const EXPANDABLE: Record<string, (keyof Account)[]> = {
	latest_charge: ['charges'],
	charge: ['charges'],
	payment_intent: ['payment_intents'],
	customer: ['customers'],
	payment_method: ['payment_methods'],
	balance_transaction: ['balance_transactions'],
	failure_balance_transaction: ['balance_transactions'],
	mandate: ['mandates'],
	// Of a balance transaction: what moved the money.
	source: ['charges', 'refunds', 'disputes', 'payouts']
};

export function expand(account: Account, value: unknown, paths: string[]): unknown {
	const result = publicView(value);
	for (const path of paths) {
		const steps = path.split('.');
		if (steps.length > 4) throw invalid('You cannot expand more than 4 levels.', { param: 'expand' });
		walk(account, result, steps, path);
	}
	return result;
}

function walk(account: Account, at: unknown, steps: string[], path: string): void {
	const [step, ...rest] = steps;
	if (!step || at === null || typeof at !== 'object') return;
	if (Array.isArray(at)) return at.forEach((item) => walk(account, item, steps, path));
	const holder = at as Record<string, unknown>;
	// A field that is there only sometimes (a refund's failure_balance_transaction) may be asked for always.
	if (!(step in holder) && EXPANDABLE[step]) return;
	if (!(step in holder)) throw invalid(`This property cannot be expanded (${path}).`, { param: 'expand' });
	if (typeof holder[step] === 'string') {
		const kinds = EXPANDABLE[step];
		if (!kinds) throw invalid(`This property cannot be expanded (${path}).`, { param: 'expand' });
		const id = holder[step];
		const found = kinds.map((kind) => (account[kind] as unknown as Record<string, unknown>)[id]).find(Boolean);
		holder[step] = publicView(found ?? id);
	}
	walk(account, holder[step], rest, path);
}
