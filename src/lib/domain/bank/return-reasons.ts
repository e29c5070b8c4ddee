// Why a SEPA payment came back (ISO 20022 external reason codes, EPC rulebooks), by what may be done: asked again, another means, a talk, or mending.
// Classes follow the providers' own tables of reasons; MS03 may hide AC04 or AM04 where banks may not say.
export type ReturnClass = 'soft' | 'hard' | 'dispute' | 'technical' | 'unknown';

const CLASSES: Record<Exclude<ReturnClass, 'unknown'>, readonly string[]> = {
	soft: ['AM04', 'MS03'],
	hard: ['AC01', 'AC04', 'AC06', 'AC13', 'AG01', 'MD01', 'MD07', 'RR04', 'SL01'],
	dispute: ['MD06', 'MS02'],
	technical: ['AG02', 'AM05', 'BE05', 'FF01', 'FF05', 'MD02', 'RC01', 'RR01', 'RR02', 'RR03', 'CNOR', 'DNOR']
};
export function returnClassOf(reason: string | null): ReturnClass {
	const found = Object.entries(CLASSES).find(([, codes]) => codes.includes(reason?.trim().toUpperCase() ?? ''));
	return (found?.[0] as ReturnClass | undefined) ?? 'unknown';
}
