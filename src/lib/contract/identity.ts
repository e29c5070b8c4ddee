// How a supplier presents itself to its clients, as its form sends it: what stands on its papers and under its name.
import { isValidSiren, sirenFrom } from '../domain/invoices/identifiers.ts';
import { parsePhone } from '../domain/identity/phone.ts';

export type Identity = {
	/** As papers must say it, with the capital: "SARL au capital de 10 000 €". null: not said. */
	legalForm: string | null;
	siren: string | null;
	/** E.164. */
	phone: string | null;
	lines: string[];
	postalCode: string;
	town: string;
};
/** What is typed, by the names of the form. */
export type TypedIdentity = {
	forme: string;
	siren: string;
	telephone: string;
	rue: string;
	codePostal: string;
	ville: string;
};
export type IdentityField = keyof TypedIdentity;
export const IDENTITY_FIELDS: readonly IdentityField[] = ['forme', 'siren', 'telephone', 'rue', 'codePostal', 'ville'];
export type IdentityView = TypedIdentity & { legalName: string };
/** The form's name for the picture, which has a form of its own: files do not wait for a proof. */
export const LOGO_FIELD = 'logo';
type Read = { ok: true; value: Identity } | { ok: false; fields: IdentityField[] };

/** As the form sends it; nothing is shortened, what is too long is refused. */
export function typedIdentity(data: FormData): TypedIdentity {
	const text = (name: IdentityField): string => {
		const value = data.get(name);
		return typeof value === 'string' ? value : '';
	};
	return {
		forme: text('forme'),
		siren: text('siren'),
		telephone: text('telephone'),
		rue: text('rue'),
		codePostal: text('codePostal'),
		ville: text('ville')
	};
}
const tidy = (text: string): string => text.replace(/\s+/g, ' ').trim();
const LINES_MAX = 3;

/** Every field that has to be mended, not only the first. */
export function identityFrom(typed: TypedIdentity): Read {
	const fields: IdentityField[] = [];
	const wrong = (name: IdentityField, isWrong: boolean): void => void (isWrong && fields.push(name));
	const legalForm = tidy(typed.forme);
	wrong('forme', legalForm.length > 100);
	const siren = typed.siren.trim() ? sirenFrom(typed.siren) : null;
	wrong('siren', typed.siren.trim() !== '' && !(siren && isValidSiren(siren)));
	const phone = typed.telephone.trim() ? parsePhone(typed.telephone) : null;
	wrong('telephone', typed.telephone.trim() !== '' && !phone);
	const lines = typed.rue
		.split(/\r?\n/)
		.map(tidy)
		.filter((line) => line !== '');
	wrong('rue', lines.length === 0 || lines.length > LINES_MAX || lines.some((line) => line.length > 80));
	const [postalCode, town] = [tidy(typed.codePostal), tidy(typed.ville)];
	wrong('codePostal', !/^[0-9A-Z][0-9A-Z -]{1,9}$/i.test(postalCode));
	wrong('ville', town === '' || town.length > 80);
	if (fields.length) return { ok: false, fields };
	return { ok: true, value: { legalForm: legalForm || null, siren, phone, lines, postalCode, town } };
}
