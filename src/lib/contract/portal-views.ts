// What the signed-in client's screens of its invoices show.
import type { AgreedTerms } from '../domain/invoices/agreed-terms.ts';
import type { Minor } from '../domain/money/minor.ts';
import type { EarlyDiscount } from '../domain/offers/early-discounts.ts';
import type { AboutSupplierView, DiscountView, InvoiceView, PaymentView, PlanView, SupplierView } from './views.ts';

/** `hasPoints`: the supplier gives points for being on time. */
export type PortalFrame = {
	supplier: SupplierView;
	about: AboutSupplierView;
	clientName: string;
	personName: string;
	hasPoints: boolean;
};
export type Portal = {
	open: InvoiceView[];
	underWay: InvoiceView[];
	credits: InvoiceView[];
	paid: InvoiceView[];
	/** `open`, `underWay` and `credits` are of one page; `all` counts those of every page. */
	openPage: { next: string | null; isFirst: boolean; all: number };
	paidPage: { next: string | null; isFirst: boolean };
	plans: (PlanView & { numbers: string; invoiceIds: string[] })[];
	totalMinor: Minor;
	/** Of `open`: what paying early takes off today, as the page that pays them does. */
	early: EarlyDiscount[];
	/** Paid beyond the invoices, and kept for the client. */
	advanceMinor: Minor;
};
export type InvoiceDetail = {
	invoice: InvoiceView;
	vat: { rateBps: number; baseMinor: Minor; vatMinor: Minor }[];
	netMinor: Minor;
	prepaidMinor: Minor;
	termsText: string | null;
	agreed: AgreedTerms | null;
	/** The supplier's own document is a PDF that the page can show. */
	hasPdf: boolean;
	payments: PaymentView[];
	discounts: DiscountView[];
	/** The invoices of the plan that holds this one: what its page is opened with. */
	planInvoiceIds: string[];
};
