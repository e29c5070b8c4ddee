// The pages on which one pays or keeps a means of payment: only there Stripe's script may come, and its frames (PCI DSS 4.0.1, 6.4.3). One document
// is never both: client/pay-boundary.ts loads the page anew on the way in and on the way out.
const PAY_PAGES: readonly string[] = ['/(pay)/p/[token]', '/(portal)/portail/payer', '/(portal)/portail/compte'];
const LINK_ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Not at a pay link's own address: there the token would stand beside Stripe's script. */
export const stripeMayCome = (routeId: string | null, params: Partial<Record<string, string>> | null): boolean =>
	routeId !== null && PAY_PAGES.includes(routeId) && (params?.token === undefined || LINK_ID.test(params.token));
