// What the supplier's screens of its offers show.
import type { Minor } from '../domain/money/minor.ts';
import type { PolicyAudience } from '../domain/offers/resolve-policy.ts';
import type { OfferTerms } from './offers.ts';
import type { Words } from '../domain/points/programme.ts';
import type { DiscountView, Sample, TierChoice } from './views.ts';
import type { OfferForm } from './offer-form.ts';
import type { PolicyContext } from '../domain/offers/check-policy.ts';

export type ClientGroupView = { groupId: string; name: string; clientIds: string[] };
/** How often something was taken off, and how much of it stands, with the VAT inside it. */
export type TakenOffView = { count: number; amountMinor: Minor; vatMinor: Minor };
/** For paying early; for points, which is another reduction with another account; what was given up otherwise (parts of plans, credit notes of refunds), VAT included. */
export type DiscountCostView = { early: TakenOffView; points: TakenOffView; forgivenMinor: Minor };
export type ClientChoices = {
	choices: { clientId: string; name: string }[];
	search: string;
	/** How many fit as well, and are found by more of their name. */
	leftOut: number;
	/** There are more clients than a list can show: they are looked for by name. */
	isMany: boolean;
};
export type PolicyView = {
	policyId: string;
	name: string;
	audience: PolicyAudience;
	audienceName: string;
	terms: OfferTerms;
	liveVersion: number | null;
	publishedAt: Date | null;
	draftVersion: number | null;
	draftedAt: Date | null;
};
export type OfferList = {
	policies: PolicyView[];
	/** Names of the tiers of the points programme in force, the first one first. */
	tierNames: Words[];
	cost: DiscountCostView;
	/** The latest, by their reason. */
	recent: { early: TakenOffLine[]; points: TakenOffLine[] };
};
export type TakenOffLine = DiscountView & { clientName: string; invoiceId: string };
export type OfferEditor = {
	policyId: string | null;
	form: OfferForm;
	liveVersion: number | null;
	publishedAt: Date | null;
	draftVersion: number | null;
	/** By which instant a draft is known: its number is given again once it is thrown away. */
	draftBegunAt: number | null;
	/** The version that is written here. */
	nextVersion: number;
	endedAt: Date | null;
	groups: ClientGroupView[];
	/** Of the points programme in force; nobody is offered anything for a tier without one. */
	tiers: TierChoice[];
	clients: ClientChoices;
	samples: Sample[];
	context: PolicyContext;
	timeZone: string;
	supplierName: string;
	cureDays: number;
	mayWrite: boolean;
};
