// The filter of the security log, as it stands in the address. Anything unknown falls back to everything.
import { SECURITY_KINDS, type SecurityKind } from '../domain/access/security-kinds.ts';
import { isUuid } from './payments.ts';

export function securityQueryFrom(query: URLSearchParams): { kind: SecurityKind | null; before: string | null } {
	const [kind, before] = [query.get('genre'), query.get('avant')];
	return {
		kind: SECURITY_KINDS.find((known) => known === kind) ?? null,
		before: before && isUuid(before) ? before : null
	};
}
