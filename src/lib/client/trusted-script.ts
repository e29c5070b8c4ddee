// The only scripts this product brings by their address: its service worker, and the one that takes a payment; and the pay page as our server draws it anew.
// Where the browser has Trusted Types, no other string becomes the address of a script, or markup (https://w3c.github.io/trusted-types/dist/spec).
const SERVICE_WORKER = '/service-worker.js';
const STRIPE_SCRIPT = 'https://js.stripe.com/endive/stripe.js';

type Policy = { createScriptURL(url: string): string; createHTML(html: string): string };
type Factory = { createPolicy(name: string, rules: Policy): Policy };
/** Looks that a page brings with it carry the nonce of its own answer, and the page that reads it has them already. */
function withoutStyles(html: string): string {
	return html.replaceAll(/<style\b[^>]*>.*?<\/style>/gs, '');
}
let sandboxScript: string | null = null;
const policy = (globalThis as { trustedTypes?: Factory }).trustedTypes?.createPolicy('ponctuel', {
	createScriptURL: (url) => {
		if (url !== SERVICE_WORKER && url !== STRIPE_SCRIPT && url !== sandboxScript)
			throw new TypeError(`not a script of ours: ${url}`);
		return url;
	},
	createHTML: withoutStyles
});
const trusted = (url: string): string => policy?.createScriptURL(url) ?? url;

/** A page that our server drew, as a document of its own, in which no script runs. For nothing that comes from anywhere else. */
export const pageOf = (html: string): Document =>
	new DOMParser().parseFromString(policy?.createHTML(html) ?? withoutStyles(html), 'text/html');

export function registerServiceWorker(): void {
	if ('serviceWorker' in navigator)
		void navigator.serviceWorker.register(trusted(SERVICE_WORKER), { scope: '/' }).catch(() => undefined);
}
/** `sandbox`: the address of the stand-in, in the demo; null where Stripe is real. */
export function payScript(sandbox: string | null): HTMLScriptElement {
	sandboxScript = sandbox;
	const script = document.createElement('script');
	script.src = trusted(sandbox ?? STRIPE_SCRIPT);
	return script;
}
