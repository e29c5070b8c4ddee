// A trial of a points programme as it comes over the wire: amounts are text there.
import { minor, type Minor } from '../domain/money/minor.ts';
import type { TrialView } from './points-views.ts';

type Written<T> = T extends bigint
	? string
	: T extends (infer U)[]
		? Written<U>[]
		: T extends object
			? { [K in keyof T]: Written<T[K]> }
			: T;
const money = (text: string | null): Minor | null => (text === null ? null : minor(BigInt(text)));

export const trialFrom = (body: Written<TrialView> | null): TrialView | null =>
	body && {
		...body,
		paidMinor: minor(BigInt(body.paidMinor)),
		costMinor: money(body.costMinor),
		clients: body.clients.map((client) => ({ ...client, costMinor: money(client.costMinor) }))
	};
