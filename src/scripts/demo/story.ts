// The story of the demo: who is invoiced what, when, and what becomes of it. The same each time.
import { addDays, type CivilDate } from '#lib/domain/calendar/civil-date.ts';
import { sirenOf, type InvoiceSpec } from './invoice-file.ts';
import type { DemoClient, DemoSupplier } from './people.ts';
import { required } from '#lib/domain/required.ts';

export const PAST_DAYS = 75;
export const TERMS_DAYS = 30;
const INVOICES_PER_SUPPLIER = 40;

/** A small generator with a seed, so that the demo is the same story each time. */
export function dice(seed: number): (max: number) => number {
	let state = seed;
	return (max) => {
		state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
		return Math.floor((state / 4_294_967_296) * max);
	};
}
export const vatNumberOf = (siren: string): string =>
	`FR${String((12 + 3 * (Number(siren) % 97)) % 97).padStart(2, '0')}${siren}`;
export const sirenFor = (cast: DemoSupplier, i: number): string =>
	sirenOf(Number(cast.siren.slice(0, 6)) * 37 + i * 7919);

export type Planned = {
	day: number;
	supplier: DemoSupplier;
	client: DemoClient;
	spec: InvoiceSpec;
	payDay: number | null;
	method: 'card' | 'sepa';
	ending: 'plain' | 'refunded' | 'returned' | 'disputed' | 'declined' | 'expires';
	inInstalments: boolean;
	/** If this person has enough of them. */
	usesPoints: boolean;
};

/** Who was invoiced what, when, and what became of it. The last invoices of each supplier show the rare states. */
export function planOf(cast: DemoSupplier, today: CivilDate, roll: (max: number) => number): Planned[] {
	return Array.from({ length: INVOICES_PER_SUPPLIER }, (_, i) => {
		const who = required(cast.clients[i % cast.clients.length], 'client');
		const day = -PAST_DAYS + 1 + Math.floor((i * (PAST_DAYS - 2)) / INVOICES_PER_SUPPLIER);
		const issuedOn = addDays(today, day);
		const lines = Array.from({ length: 1 + roll(3) }, (__, n) => ({
			label: required(cast.goods[(i + n) % cast.goods.length], 'goods'),
			netMinor: (3 + roll(28)) * 2500 + roll(90) * 10,
			rateBps: required(cast.vatRates[n % cast.vatRates.length], 'rate')
		}));
		const special = specialOf(i);
		const spec: InvoiceSpec = {
			number: `${cast.prefix}2026-${String(101 + i).padStart(4, '0')}`,
			issuedOn,
			dueOn: i === 11 ? null : addDays(issuedOn, TERMS_DAYS),
			seller: {
				name: cast.legalName,
				siren: cast.siren,
				vatNumber: vatNumberOf(cast.siren),
				address: cast.address,
				iban: cast.iban
			},
			buyer: {
				name: who.name,
				siren: who.kind === 'business' ? sirenFor(cast, i % cast.clients.length) : null,
				email: null
			},
			lines: special.big ? [{ label: required(cast.goods[0], 'goods'), netMinor: 1_240_000, rateBps: 2000 }] : lines,
			...special.spec
		};
		const delay = { early: 4, on_time: 26, late: 44, sleepy: 400 }[who.habit] + roll(4);
		const payDay = special.unpaid ? null : (special.payOn ?? day + (special.payAfter ?? delay));
		return {
			day,
			supplier: cast,
			client: who,
			spec,
			payDay: payDay !== null && payDay <= 0 ? payDay : null,
			ending: special.ending ?? 'plain',
			inInstalments: special.inInstalments ?? false,
			usesPoints: special.usesPoints ?? false,
			method: special.method ?? who.method
		};
	});
}

type Special = {
	spec?: Partial<InvoiceSpec>;
	big?: boolean;
	unpaid?: boolean;
	payOn?: number;
	payAfter?: number;
	ending?: Planned['ending'];
	method?: 'card' | 'sepa';
	inInstalments?: boolean;
	usesPoints?: boolean;
};
function specialOf(i: number): Special {
	const specials: Record<number, Special> = {
		2: { ending: 'refunded', payAfter: 5 },
		3: { ending: 'returned', payAfter: 6 },
		5: { ending: 'disputed', payAfter: 8 },
		9: { spec: { typeCode: '381' }, unpaid: true },
		// Cards that expire before their next part: one plan has broken since, another is at risk today.
		12: { payAfter: 1, method: 'card', inInstalments: true, ending: 'expires' },
		24: { payAfter: 7, method: 'card', inInstalments: true, ending: 'expires' },
		14: { spec: { businessProcess: 'S2' }, unpaid: true },
		17: { spec: { typeCode: '393' }, unpaid: true },
		20: { spec: { currency: 'USD' }, unpaid: true },
		23: { big: true, unpaid: true },
		26: { payAfter: 1, method: 'card', inInstalments: true },
		28: { usesPoints: true },
		30: { payAfter: 1, method: 'sepa', inInstalments: true },
		31: { ending: 'declined', payAfter: 10 },
		// Its debit is sent back after it came: move the clock, and the points it brought go with it.
		33: { payOn: -1, ending: 'returned' },
		34: { unpaid: true },
		35: { payOn: -2, method: 'sepa' },
		36: { payAfter: 2 },
		37: { unpaid: true },
		38: { unpaid: true },
		39: { unpaid: true }
	};
	const special = specials[i] ?? {};
	return special;
}
