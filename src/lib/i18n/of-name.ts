// A name behind the French "de": "d’Atelier Lumen", "de Roche". English puts nothing before it: its sentence has its own word, or the genitive behind.
import type { Locale } from '../domain/money/format.ts';

/** Letters as they are heard: "É" is "e", "Œuvres" begins with an "o". */
const heard = (name: string): string =>
	name
		.normalize('NFD')
		.replace(/[\u0300-\u036f]/g, '')
		.toLowerCase()
		.replaceAll('œ', 'oe')
		.replaceAll('æ', 'ae')
		.replace(/^[^\p{L}\p{N}]+/u, '');
/** Words that begin with a vowel and are said as if they did not: "de Onze", "de Yann", "de Ouibus". */
const UNBOUND = /^(?:y[aeiou]|onz|oui(?!st)|ouistiti|uhlan|ululement|8|11)/;
/** An h is bound only in words where it is known to be mute: "d’Hôtel Bellevue". Before any other, "de" is never wrong to the ear. */
const MUTE_H =
	/^h(?:abi|aleine|armo|ebdo|ect|elen|eli[cox]|emi|erb|erit|ermes|eur(?!t)|exa|ibern|ipp|irond|ist|iver|omeo|omm|onn|onor|opit|or(?:aire|izon|lo|ti)|ospi|ost|ote|uil|uitr|uma|umi|ydr|yg|yp)/;

export function ofName(name: string, locale: Locale): string {
	if (locale !== 'fr') return name;
	const sound = heard(name);
	const isBound = /^[aeiouy]/.test(sound) ? !UNBOUND.test(sound) : MUTE_H.test(sound);
	return isBound ? `d’${name}` : `de ${name}`;
}
