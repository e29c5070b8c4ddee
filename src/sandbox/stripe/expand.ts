// expand[]: ids become objects, up to four levels, `data.` first on lists.
import { invalid } from './errors.ts';
import { publicView, type Account } from './world.ts';

const EXPANDABLE: Record<string, keyof Account> = {
	latest_charge: 'charges',
	charge: 'charges',
	payment_intent: 'payment_intents',
	customer: 'customers',
	payment_method: 'payment_methods',
	balance_transaction: 'balance_transactions',
	failure_balance_transaction: 'balance_transactions',
	mandate: 'mandates',
	source: 'charges'
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
	if (!(step in holder)) throw invalid(`This property cannot be expanded (${path}).`, { param: 'expand' });
	if (typeof holder[step] === 'string') {
		const kind = EXPANDABLE[step];
		if (!kind) throw invalid(`This property cannot be expanded (${path}).`, { param: 'expand' });
		holder[step] = publicView((account[kind] as unknown as Record<string, unknown>)[holder[step]] ?? holder[step]);
	}
	walk(account, holder[step], rest, path);
}
