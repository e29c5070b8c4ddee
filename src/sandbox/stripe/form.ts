// Stripe's request encoding: form bodies and query strings with bracketed keys, checked against the parameters that the SDK knows.
import parameters from './parameters.generated.json' with { type: 'json' };
import { invalid } from './errors.ts';
import { required } from '#lib/domain/required.ts';

export type Params = { [key: string]: ParamValue };
export type ParamValue = string | ParamValue[] | Params;
type Tree = { [name: string]: Tree | true };

/** `a[b][0]=x` to `{a: {b: ['x']}}`. Keys that would reach an object's prototype are refused. */
export function parseForm(text: string): Params {
	const result: Params = {};
	for (const [rawKey, value] of new URLSearchParams(text)) {
		const path = rawKey.replaceAll(']', '').split('[');
		if (path.some((part) => part === '__proto__' || part === 'constructor' || part === 'prototype'))
			throw invalid('Invalid parameter name');
		let at: Params = result;
		path.slice(0, -1).forEach((part) => (at = (at[part] ??= {}) as Params));
		const last = path.at(-1) ?? '';
		if (last === '') Object.assign(at, { [Object.keys(at).length]: value });
		else at[last] = value;
	}
	return arraysOf(result) as Params;
}

/** Objects whose keys are all numbers are lists. */
function arraysOf(value: ParamValue): ParamValue {
	if (typeof value === 'string' || Array.isArray(value)) return value;
	const entries = Object.entries(value).map(([key, inner]) => [key, arraysOf(inner)] as const);
	if (entries.length && entries.every(([key]) => /^\d+$/.test(key))) return entries.map(([, inner]) => inner);
	return Object.fromEntries(entries);
}

/** Unknown parameters are refused by name, as the API does. `payment_method_types` has an error of its own since endive. */
export function checkParameters(params: Params, type: string | null): void {
	if (!type) return;
	if ('payment_method_types' in params)
		throw invalid(
			'The payment_method_types parameter is no longer supported, use allowed_payment_method_types instead.',
			{ code: 'payment_method_types_no_longer_supported', param: 'payment_method_types' }
		);
	checkTree(params, required((parameters as unknown as Record<string, Tree>)[type], 'parameters of a call'), '');
}

function checkTree(params: Params, tree: Tree, prefix: string): void {
	for (const [key, value] of Object.entries(params)) {
		const known = tree[key];
		const name = prefix ? `${prefix}[${key}]` : key;
		if (known === undefined)
			throw invalid(`Received unknown parameter: ${name}`, { code: 'parameter_unknown', param: name });
		if (known !== true && typeof value === 'object' && !Array.isArray(value)) checkTree(value, known, name);
	}
}

export const text = (value: ParamValue | undefined): string | undefined =>
	typeof value === 'string' && value !== '' ? value : undefined;
export const flag = (value: ParamValue | undefined): boolean => value === 'true';
export const object = (value: ParamValue | undefined): Params =>
	value && typeof value === 'object' && !Array.isArray(value) ? value : {};
export const list = (value: ParamValue | undefined): string[] =>
	Array.isArray(value)
		? value.filter((v): v is string => typeof v === 'string')
		: text(value as string)
			? [value as string]
			: [];
export function integer(value: ParamValue | undefined, param: string): number | undefined {
	if (value === undefined || value === '') return undefined;
	if (typeof value !== 'string' || !/^-?\d{1,15}$/.test(value))
		throw invalid(`Invalid integer: ${String(value)}`, { code: 'parameter_invalid_integer', param });
	return Number(value);
}
export const metadataOf = (value: ParamValue | undefined): Record<string, string> =>
	Object.fromEntries(Object.entries(object(value)).map(([k, v]) => [k, String(v)]));
