// The fields of EN 16931 by name: nobody knows them by their number alone.
import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '../domain/money/format.ts';

const NAMES: Record<string, (inputs: object, say: { locale: Locale }) => string> = {
	'BT-1': m.bt_1,
	'BT-2': m.bt_2,
	'BT-3': m.bt_3,
	'BT-5': m.bt_5,
	'BT-9': m.bt_9,
	'BT-20': m.bt_20,
	'BT-23': m.bt_23,
	'BT-24': m.bt_24,
	'BT-30': m.bt_30,
	'BT-31': m.bt_31,
	'BT-43': m.bt_43,
	'BT-44': m.bt_44,
	'BT-47': m.bt_47,
	'BT-48': m.bt_48,
	'BT-58': m.bt_58,
	'BT-59': m.bt_59,
	'BT-84': m.bt_84,
	'BT-91': m.bt_91,
	'BT-106': m.bt_106,
	'BT-109': m.bt_109,
	'BT-110': m.bt_110,
	'BT-112': m.bt_112,
	'BT-113': m.bt_113,
	'BT-114': m.bt_114,
	'BT-115': m.bt_115,
	'BT-116': m.bt_116,
	'BT-117': m.bt_117,
	'BT-119': m.bt_119,
	'BT-120': m.bt_120,
	'BT-131': m.bt_131,
	'BT-146': m.bt_146
};
/** `net à payer (BT-115)`, wherever a number stands. */
export const namedTerms = (field: string, locale: Locale): string =>
	field.replace(/\bBT-\d+\b/g, (term) => {
		const name = NAMES[term]?.({}, { locale });
		return name ? `${name} (${term})` : term;
	});
