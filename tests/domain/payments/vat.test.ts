// The VAT inside payments, and inside what is given up: worked out by hand, and what holds for every invoice.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { VatLine } from '#lib/domain/invoices/document.ts';
import { minor } from '#lib/domain/money/minor.ts';
import { divideHalfUp, shareOut } from '#lib/domain/money/shares.ts';
import { movesVat, vatOfPayment, vatOfReduction, type PaidVat } from '#lib/domain/payments/vat.ts';

const rate = (rateBps: number, base: bigint, vat: bigint): VatLine => ({
	category: 'S',
	rateBps,
	baseMinor: minor(base),
	vatMinor: minor(vat)
});
const off = (rateBps: number | null, gross: bigint, vat: bigint) => ({
	rateBps,
	grossMinor: minor(gross),
	vatMinor: minor(vat)
});
const read = (lines: PaidVat[]) => lines.map(({ rateBps, grossMinor, vatMinor }) => [rateBps, grossMinor, vatMinor]);

describe('VAT of a payment', () => {
	const invoice = [
		{ category: 'S', rateBps: 2000, baseMinor: minor(100_000n), vatMinor: minor(20_000n) },
		{ category: 'S', rateBps: 550, baseMinor: minor(20_000n), vatMinor: minor(1_100n) }
	];
	test('paid in one go, the receipt shows the invoice’s own VAT', () =>
		expect(vatOfPayment(invoice, minor(0n), minor(141_100n))).toEqual([
			{ rateBps: 2000, grossMinor: 120_000n, vatMinor: 20_000n },
			{ rateBps: 550, grossMinor: 21_100n, vatMinor: 1_100n }
		]));
	test('however it is cut in payments, the receipts add up to the invoice’s VAT', () => {
		fc.assert(
			fc.property(fc.array(fc.bigInt({ min: 1n, max: 60_000n }), { maxLength: 8 }), (cuts) => {
				const total = 141_100n;
				const parts: bigint[] = [];
				let paid = 0n;
				for (const cut of cuts.filter((part) => part > 0n)) {
					if (paid + cut >= total) continue;
					parts.push(cut);
					paid += cut;
				}
				parts.push(total - paid);
				let before = 0n;
				const vat = [0n, 0n];
				for (const part of parts) {
					vatOfPayment(invoice, minor(before), minor(part)).forEach((line, i) => (vat[i]! += line.vatMinor));
					before += part;
				}
				expect(vat).toEqual([20_000n, 1_100n]);
			})
		);
	});
	test('each payment’s lines add up to the payment', () => {
		fc.assert(
			fc.property(
				fc.bigInt({ min: 0n, max: 100_000n }),
				fc.bigInt({ min: 1n, max: 41_000n }),
				(before, amount) =>
					void expect(
						vatOfPayment(invoice, minor(before), minor(amount)).reduce((total, line) => total + line.grossMinor, 0n)
					).toBe(amount)
			)
		);
	});
	test('receipts and what is given up add up to the invoice’s VAT, whatever is paid, given up, in which order, and what was paid before it came here', () => {
		const rate = fc.constantFrom(2000, 1000, 550, 210, 0);
		const line = fc
			.record({ rateBps: rate, baseMinor: fc.bigInt({ min: 1n, max: 50_000n }).map(minor) })
			.map((one) => ({
				category: 'S',
				...one,
				vatMinor: minor(divideHalfUp(one.baseMinor * BigInt(one.rateBps), 10_000n))
			}));
		const piece = fc.record({ share: fc.bigInt({ min: 1n, max: 9n }), isGivenUp: fc.boolean() });
		fc.assert(
			fc.property(
				fc.array(line, { minLength: 1, maxLength: 3 }),
				fc.array(piece, { minLength: 1, maxLength: 6 }),
				fc.bigInt({ min: 0n, max: 4n }),
				(lines, pieces, prepaidShare) => {
					const gross = lines.reduce((sum, one) => sum + one.baseMinor + one.vatMinor, 0n);
					const debtMinor = minor(gross - (gross * prepaidShare) / 10n);
					const amounts = shareOut(
						debtMinor,
						pieces.map((one) => one.share)
					);
					let [paid, givenUp] = [0n, 0n];
					const sums = lines.map(() => 0n);
					pieces.forEach(({ isGivenUp }, i) => {
						const amountMinor = amounts[i]!;
						const vat = isGivenUp
							? vatOfReduction(lines, { debtMinor, givenUpMinor: minor(givenUp), amountMinor })
							: vatOfPayment(lines, minor(paid), amountMinor);
						if (isGivenUp) givenUp += amountMinor;
						else paid += amountMinor;
						expect(vat.reduce((sum, one) => sum + one.grossMinor, 0n)).toBe(amountMinor);
						vat.forEach((one, at) => (sums[at]! += one.vatMinor));
					});
					// What came in before it was paid here is the end of the invoice; without any, the whole VAT.
					const whole = vatOfPayment(lines, minor(0n), debtMinor).map((one) => one.vatMinor);
					expect(sums).toEqual(whole);
					if (prepaidShare === 0n) expect(sums).toEqual(lines.map((one) => one.vatMinor));
				}
			)
		);
	});
	test('no VAT split in the file, no VAT invented', () => expect(vatOfPayment([], minor(0n), minor(100n))).toEqual([]));
});

describe('VAT of a payment that takes a discount', () => {
	const one = [rate(2000, 100_000n, 20_000n)];
	const two = [...one, rate(550, 20_000n, 1_100n)];
	const paid = (lines: VatLine[], before: bigint, amount: bigint, discounts: ReturnType<typeof off>[]) =>
		read(vatOfPayment(lines, minor(before), minor(amount), discounts));
	test('1,200.00 at 2 %: 196.00 of VAT where the discount reduces it, 200.00 where it is net of tax', () => {
		expect(paid(one, 0n, 117_600n, [off(2000, 2_400n, 400n)])).toEqual([[2000, 117_600n, 19_600n]]);
		expect(paid(one, 0n, 118_000n, [off(2000, 2_000n, 0n)])).toEqual([[2000, 118_000n, 20_000n]]);
	});
	test('600.00 came before without it: the second receipt holds the rest of the VAT that is left', () =>
		// 1,176.00 in all hold 196.00; the first 600.00 showed 100.00.
		expect(paid(one, 60_000n, 57_600n, [off(2000, 2_400n, 400n)])).toEqual([[2000, 57_600n, 9_600n]]));
	test('a discount of one rate leaves the other as it was invoiced', () => {
		expect(paid(two, 0n, 138_700n, [off(2000, 2_400n, 400n)])).toEqual([
			[2000, 117_600n, 19_600n],
			[550, 21_100n, 1_100n]
		]);
		expect(paid(two, 0n, 138_990n, [off(550, 2_110n, 110n)])).toEqual([
			[2000, 120_000n, 20_000n],
			[550, 18_990n, 990n]
		]);
		// No rate of the invoice: nothing of its split can be said to be less.
		expect(paid(one, 0n, 120_000n, [off(null, 2_400n, 0n)])).toEqual([[2000, 120_000n, 20_000n]]);
	});
	test('two lines of one rate have each its own share, and the shares given are as they were', () => {
		const discounts = [off(2000, 1_200n, 200n), off(2000, 600n, 100n)];
		expect(paid([rate(2000, 10_000n, 2_000n), rate(2000, 5_000n, 1_000n)], 0n, 16_200n, discounts)).toEqual([
			[2000, 10_800n, 1_800n],
			[2000, 5_400n, 900n]
		]);
		expect(discounts).toHaveLength(2);
	});
	test('the end of the discounted invoice, given up, holds the VAT of that end', () =>
		// 1,176.00 hold 196.00, its first 1,000.00 hold 166.67.
		expect(
			read(
				vatOfReduction(one, { debtMinor: minor(117_600n), givenUpMinor: minor(0n), amountMinor: minor(17_600n) }, [
					off(2000, 2_400n, 400n)
				])
			)
		).toEqual([[2000, 17_600n, 2_933n]]));
});

describe('each rate is rounded to the cent by itself', () => {
	// 33.33 + 20 % = 40.00 and 19.99 + 5.5 % = 21.09.
	const lines = [rate(2000, 3_333n, 667n), rate(550, 1_999n, 110n)];
	test('10.00 of 61.09: 6.55 at 20 % with 1.09, 3.45 at 5.5 % with 0.18; the rest shows what is missing', () => {
		expect(read(vatOfPayment(lines, minor(0n), minor(1_000n)))).toEqual([
			[2000, 655n, 109n],
			[550, 345n, 18n]
		]);
		expect(read(vatOfPayment(lines, minor(1_000n), minor(5_109n)))).toEqual([
			[2000, 3_345n, 558n],
			[550, 1_764n, 92n]
		]);
	});
});

describe('unusual splits', () => {
	const both = (lines: VatLine[], amount: bigint) => [
		read(vatOfPayment(lines, minor(0n), minor(amount))),
		read(vatOfReduction(lines, { debtMinor: minor(amount), givenUpMinor: minor(0n), amountMinor: minor(amount) }))
	];
	test('a rate of nothing is shown with nothing; exempt, with its amount and no VAT; VAT alone, as VAT', () => {
		const line = (found: (number | bigint)[][]) => [found, found];
		expect(both([rate(2000, 10_000n, 2_000n), rate(0, 0n, 0n)], 12_000n)).toEqual(
			line([
				[2000, 12_000n, 2_000n],
				[0, 0n, 0n]
			])
		);
		expect(both([rate(0, 10_000n, 0n)], 10_000n)).toEqual(line([[0, 10_000n, 0n]]));
		expect(both([rate(2000, 0n, 500n)], 500n)).toEqual(line([[2000, 500n, 500n]]));
	});
	test.each([
		['a negative rate beside another', [rate(2000, 10_000n, 2_000n), rate(550, -1_000n, -55n)]],
		['a negative base', [rate(2000, 10_000n, 2_000n), rate(0, -1_000n, 0n)]],
		['negative VAT', [rate(2000, 10_000n, -2_000n)]],
		['no amount at all', [rate(2000, 0n, 0n)]],
		['no line', []]
	])('%s: no VAT is invented', (_, lines) => expect(both(lines, 5_000n)).toEqual([[], []]));
});

describe('a credit note corrects VAT that was declared', () => {
	const some = [off(2000, 1_200n, 200n), off(0, 100n, 0n)];
	test('when VAT falls due with the invoice, and some is taken off', () =>
		expect(movesVat({ vatOnReceipts: false }, some)).toBe(true));
	test('not when it falls due with the money, nor when none is inside', () => {
		expect(movesVat({ vatOnReceipts: true }, some)).toBe(false);
		expect(movesVat({ vatOnReceipts: false }, [off(null, 1_200n, 0n)])).toBe(false);
		expect(movesVat({ vatOnReceipts: false }, [])).toBe(false);
	});
});
