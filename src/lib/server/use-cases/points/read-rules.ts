// The rules of a supplier's points, for anybody: published versions only. Actor: nobody in particular. Refusal: not_found.
import type { LogoView } from '../../../contract/views.ts';
import { civilDateIn, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import type { Locale } from '../../../domain/money/format.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import { initialsOf } from '../../../domain/look/initials.ts';
import { required } from '../../../domain/required.ts';
import { rulesSections, type RulesSection } from '../../../i18n/points-rules.ts';
import { logoView } from '../../logo-address.ts';
import type { Services } from '../../services.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { listTierOffers } from '../../store/points-reading.ts';
import { listProgrammes } from '../../store/points-programme.ts';
import { done, read, refuse, type Result } from '../run.ts';

export type RulesPage = {
	supplier: { name: string; initials: string; logo: LogoView | null; hue: number };
	version: number;
	publishedOn: CivilDate;
	/** null: in force. */
	endedOn: CivilDate | null;
	/** Points can be earned or used by the one in force, whichever version this is. */
	hasPoints: boolean;
	ending: { lastEarnOn: CivilDate; lastSpendOn: CivilDate } | null;
	sections: RulesSection[];
};

/** `version` null: what is in force; when nothing is any more, the last that was. */
export async function readRules(
	services: Services,
	scope: Scope,
	{ version, locale }: { version: number | null; locale: Locale }
): Promise<Result<RulesPage>> {
	return read(services, scope, async (tx) => {
		const published = (await listProgrammes(tx, scope)).filter((row) => row.publishedAt !== null);
		const shown = version === null ? published[0] : published.find((row) => row.version === version);
		if (!shown) return refuse('not_found');
		const supplier = await getSupplier(tx, scope);
		const dayOf = (at: Date) => civilDateIn(at, supplier.timeZone);
		return done({
			supplier: {
				name: supplier.name,
				initials: initialsOf(supplier.name),
				logo: logoView(supplier),
				hue: supplier.brandHue
			},
			version: shown.version,
			publishedOn: dayOf(required(shown.publishedAt, 'publication')),
			endedOn: shown.endedAt && dayOf(shown.endedAt),
			hasPoints: published.some((row) => row.endedAt === null),
			ending:
				shown.lastEarnOn && shown.lastSpendOn ? { lastEarnOn: shown.lastEarnOn, lastSpendOn: shown.lastSpendOn } : null,
			// What was offered to the tiers of an older version is nobody's question any more.
			sections: rulesSections(shown.terms, supplier, locale, shown.endedAt ? [] : await listTierOffers(tx, scope))
		});
	});
}
