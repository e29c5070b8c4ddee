// Company, private person, or not known: and how it is known.
import { m } from '#lib/paraglide/messages.js';
import type { ClientKind, ClientKindFrom } from '../domain/invoices/client-kind.ts';
import type { Locale } from '../domain/money/format.ts';

export function clientKindText(kind: ClientKind, locale: Locale): string {
	const texts: Record<ClientKind, () => string> = {
		business: () => m.business({}, { locale }),
		consumer: () => m.consumer({}, { locale }),
		unknown: () => m.client_kind_unknown({}, { locale })
	};
	return texts[kind]();
}
export function clientKindFromText(from: ClientKindFrom, locale: Locale): string {
	const texts: Record<ClientKindFrom, () => string> = {
		identifier: () => m.client_kind_by_identifier({}, { locale }),
		file: () => m.client_kind_by_file({}, { locale }),
		person: () => m.client_kind_by_person({}, { locale })
	};
	return texts[from]();
}
