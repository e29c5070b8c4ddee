// Filters that live in the address of a list. Anything unknown falls back to the default: an old bookmark still opens.
import * as v from 'valibot';
import { isUuid } from './payments.ts';

export const InvoiceListQuery = v.object({
	etat: v.fallback(v.optional(v.picklist(['open', 'late', 'under_way', 'paid'])), undefined),
	q: v.fallback(v.optional(v.pipe(v.string(), v.trim(), v.maxLength(80))), undefined),
	tri: v.fallback(v.optional(v.picklist(['due', 'number', 'amount', 'client']), 'due'), 'due'),
	/** The invoice behind which the page begins, with what was left of it where the list is sorted by that. */
	apres: v.fallback(
		v.optional(v.pipe(v.string(), v.regex(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}(\.\d{1,15})?$/))),
		undefined
	)
});

/** What was typed to look for something by name, in an address or in a form. */
export const searchFrom = (params: { get(name: string): unknown }, name: string): string => {
	const typed = params.get(name);
	return typeof typed === 'string' ? typed.trim().slice(0, 80) : '';
};

/** The row behind which a page of a list begins; null for the first page. */
export const cursorFrom = (params: URLSearchParams, name: string): string | null => {
	const text = params.get(name);
	return text !== null && isUuid(text) ? text : null;
};

/** A month as YYYY-MM; null for anything else. */
export const monthFrom = (text: string | null): string | null =>
	text && /^20\d{2}-(0[1-9]|1[0-2])$/.test(text) ? text : null;

export type Latest<T> = { rows: T[]; more: number };
export type Page<T> = { rows: T[]; next: string | null; isFirst: boolean };
