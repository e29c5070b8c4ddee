// How many decimals a currency has (ISO 4217, list one, 2026-01-01): the yen and the franc of the Pacific have none, the dinars three. Where nothing is
// said, two. A locale's habits (CLDR) are no answer: they leave decimals out that the currency has.
const NONE = 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF';
const THREE = 'BHD IQD JOD KWD LYD OMR TND';
const FOUR = 'CLF UYW';
const DECIMALS = new Map(
	Object.entries({ 0: NONE, 3: THREE, 4: FOUR }).flatMap(([decimals, codes]) =>
		codes.split(' ').map((code) => [code, Number(decimals)] as const)
	)
);
const USUAL = 2;

/** Of an ISO 4217 code; two for what is no code, as of a file that names no currency. */
export const decimalsOf = (currency: string): number => DECIMALS.get(currency) ?? USUAL;
