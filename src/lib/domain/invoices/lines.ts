// The lines of an invoice against its total (EN 16931 BR-CO-10, BR-DEC-23). Amounts are asked at the foot, so what is wrong here warns; only
// what is not a number at all stops a file.
import { minor, toDecimal } from '../money/minor.ts';
import { required } from '../required.ts';
import { block, warn, type Finding } from './findings.ts';

/** As written in the file; `null` where the profile has no such field. */
export type InvoiceLine = {
	id: string;
	net: string | null; // BT-131
	quantity: string | null; // BT-129
	price: string | null; // BT-146
	priceQuantity: string | null; // BT-149, 1 when absent
	adjustments: string[]; // BG-27 with a minus, BG-28
	isSummed: boolean; // a group or a remark repeats what its parts say
};

const MILLIONTHS = 1_000_000n;
/** What rounding may change: the last decimal of the currency. */
const unitOf = (decimals: number): bigint => 10n ** BigInt(6 - decimals);

/** `decimals`: of the currency of the invoice. */
export function checkLines(lines: InvoiceLine[], total: string | null, decimals = 2): Finding[] {
	const findings = lines.flatMap((line) => [...checkLine(line, decimals), ...checkPrice(line)]);
	if (findings.some((finding) => finding.severity === 'block') || !lines.length || total === null) return findings;
	const sum = lines
		.filter((line) => line.isSummed)
		.reduce((all, line) => all + (millionths(line.net ?? '0') ?? 0n), 0n);
	const written = millionths(total);
	// Each line may have been rounded on its own.
	if (written !== null && absolute(sum - written) > unitOf(decimals) * BigInt(lines.length))
		findings.push(warn('LINES_SUM', 'BT-106', total, print(sum, decimals)));
	return findings;
}

function checkLine(line: InvoiceLine, decimals: number): Finding[] {
	const unit = unitOf(decimals);
	const field = `ligne ${line.id}, BT-131`;
	if (line.net === null) return [];
	const net = millionths(line.net);
	if (net === null)
		return [block(/^[+-]?\d+,\d+$/.test(line.net) ? 'DECIMAL_COMMA' : 'AMOUNT_FORMAT', field, line.net, '1234.56')];
	if (net % unit !== 0n) return [warn('DECIMALS', field, line.net, `${decimals} décimale${decimals > 1 ? 's' : ''}`)];
	const expected = calculated(line);
	return expected !== null && absolute(expected - net) > unit
		? [warn('LINE_CALC', field, line.net, print(expected, decimals))]
		: [];
}

/** What is taken off has a negative quantity, not a negative price (BR-27). */
function checkPrice({ id, price }: InvoiceLine): Finding[] {
	const value = millionths(price ?? '');
	return value !== null && value < 0n ? [warn('NEGATIVE_PRICE', `ligne ${id}, BT-146`, price ?? '', '≥ 0')] : [];
}

/** Quantity × price, less and plus what the line itself says; `null` when a part is missing. */
function calculated(line: InvoiceLine): bigint | null {
	const [quantity, price, per] = [line.quantity ?? '', line.price ?? '', line.priceQuantity ?? '1'].map(millionths);
	if (quantity == null || price == null || !per) return null;
	const adjustments = line.adjustments.map(millionths).filter((one) => one !== null);
	if (adjustments.length < line.adjustments.length) return null;
	return adjustments.reduce((all, one) => all + one, (quantity * price) / per);
}

function millionths(written: string): bigint | null {
	const match = /^([+-]?)(\d{1,13})(?:\.(\d{1,12}))?$/.exec(written.trim());
	if (!match) return null;
	const value = BigInt(required(match[2], 'digits')) * MILLIONTHS + BigInt((match[3] ?? '').slice(0, 6).padEnd(6, '0'));
	return match[1] === '-' ? -value : value;
}
const absolute = (value: bigint): bigint => (value < 0n ? -value : value);
const print = (value: bigint, decimals: number): string => toDecimal(minor(value / unitOf(decimals)), decimals);
