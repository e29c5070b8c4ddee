// What screens show of who may come in, and who did.
import type { SecurityActor, SecurityKind } from '../domain/access/security-kinds.ts';
import type { KeyScope, Role } from '../domain/access/scope.ts';
import type { KeptAct } from '../domain/access/fresh-proof.ts';

export type SecurityEventView = {
	securityEventId: string;
	kind: SecurityKind;
	occurredAt: Date;
	actorKind: SecurityActor;
	/** As the person or the key is called today; '' when it is nobody's, or gone. */
	actorName: string;
	networkAddress: string | null;
	requestId: string | null;
	detail: Record<string, string>;
};
export type OwnSession = {
	sessionId: string;
	userAgent: string;
	address: string | null;
	createdAt: Date;
	lastSeenAt: Date;
};
export type SecurityPage = { events: SecurityEventView[]; next: string | null };
/** Somebody of the supplier's team. */
export type MemberView = { memberId: string; name: string; email: string; role: Role };
/** A key of the API: never the key itself. */
export type ApiKeyView = {
	apiKeyId: string;
	name: string;
	lastFour: string;
	scopes: KeyScope[];
	/** Where it may be used from; empty: anywhere. */
	addresses: string[];
	createdAt: Date;
	/** null: never. */
	expiresAt: Date | null;
	isExpired: boolean;
	lastUsedAt: Date | null;
	lastUsedAddress: string | null;
	revokedAt: Date | null;
};
/** What an owner lets accountants do. */
export type AccountantRights = { mayRefund: boolean; mayPublish: boolean };
/** A form that waited for its person. */
export type WaitingForm = {
	formId: string;
	act: KeptAct;
	action: string;
	sendTo: string;
	fields: [string, string][];
	keptAt: Date;
};
