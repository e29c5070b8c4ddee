// The island that brings Stripe: loaded when a person chooses to pay, never before. The only file that knows @stripe/stripe-js.
// Source: https://docs.stripe.com/payments/finalize-payments-on-the-server (deferred intent, ConfirmationToken, confirmed on the server).
import { loadStripe } from '@stripe/stripe-js/pure';
import type { Stripe, StripeElements, StripePaymentElement } from '@stripe/stripe-js';
import { payScript } from '#lib/client/trusted-script.ts';
import type { StripeView } from '#lib/contract/views.ts';
import { colorsOf } from './colors.ts';

/** The page says after eight seconds that it is slow, and goes on waiting: a form that comes late is a form. */
const LOAD_LIMIT_MS = 60_000;
const WALLET_LIMIT_MS = 1500;
/** A token made after this is never used: nothing is charged by making one. */
const TOKEN_LIMIT_MS = 30_000;
export type TokenResult = { ok: true; tokenId: string; type: string } | { ok: false; message: string | null };
export type Checkout = {
	update(price: Price): Promise<void>;
	/** Rejects when Stripe does not answer. */
	token(returnUrl: string): Promise<TokenResult>;
	authenticate(clientSecret: string): Promise<{ ok: boolean }>;
	/** Into its first field. */
	focus(): void;
	destroy(): void;
};
export type Price = {
	/** null: nothing is paid today, a means of payment is kept. */
	amountMinor: number | null;
	types: string[];
	/** The means of payment serves again: the form says so. */
	keepsMethod: boolean;
};
/** The wallets of the device: where their buttons go, and what follows the person's yes. */
export type Wallets = {
	box: HTMLElement;
	/** Whether the device has any. */
	onReady: (isThere: boolean) => void;
	/** Resolves with `false` when the payment was refused: the wallet says so too. */
	onAccepted: () => Promise<boolean>;
};
export type CheckoutOptions = Price & {
	stripe: StripeView;
	currency: string;
	locale: 'fr' | 'en';
	business: string;
	wallets?: Wallets;
	payer: { name: string; email: string | null };
};

/** Loads Stripe's script and mounts the form. Rejects when it is blocked, or has not come after a minute: the page then shows the other ways to pay. */
export async function openCheckout(container: HTMLElement, options: CheckoutOptions): Promise<Checkout> {
	const colors = colorsOf(container);
	const stripe = await within(LOAD_LIMIT_MS, loadScript(options));
	const elements = stripe.elements({
		...priceOf(options),
		currency: options.currency.toLowerCase(),
		locale: options.locale,
		appearance: {
			theme: 'flat',
			variables: {
				colorPrimary: colors.accent,
				colorBackground: colors.paper,
				colorText: colors.ink,
				colorTextSecondary: colors.soft,
				colorDanger: colors.danger,
				borderRadius: '8px',
				fontFamily: 'system-ui, sans-serif'
			}
		}
	});
	const element = elements.create('payment', {
		layout: { type: 'accordion' },
		business: { name: options.business },
		defaultValues: {
			billingDetails: { name: options.payer.name, ...(options.payer.email ? { email: options.payer.email } : {}) }
		},
		terms: { sepaDebit: 'always', card: 'auto' },
		wallets: { applePay: 'never', googlePay: 'never', link: 'never' }
	});
	const express = options.wallets ? mountWallets(elements, options.wallets) : null;
	await within(LOAD_LIMIT_MS, mounted(element, container));
	// A wallet's button that comes later would move what somebody has begun to type.
	if (express) await Promise.race([express.known, new Promise((done) => setTimeout(done, WALLET_LIMIT_MS))]);
	return {
		update: async (price) => void (await elements.update(priceOf(price))),
		token: (returnUrl) => within(TOKEN_LIMIT_MS, makeToken(stripe, elements, returnUrl)),
		authenticate: (clientSecret) => authenticate(stripe, clientSecret),
		focus: () => element.focus(),
		destroy: () => {
			element.destroy();
			express?.destroy();
		}
	};
}

const priceOf = ({ amountMinor, types, keepsMethod }: Price) => ({
	...(amountMinor === null
		? { mode: 'setup' as const, setupFutureUsage: 'off_session' as const }
		: {
				mode: 'payment' as const,
				amount: amountMinor,
				setupFutureUsage: keepsMethod ? ('off_session' as const) : null
			}),
	allowedPaymentMethodTypes: types as never
});

type Express = { known: Promise<void>; destroy(): void };
/** Apple Pay and Google Pay, where the device has them (https://docs.stripe.com/elements/express-checkout-element). */
function mountWallets(elements: StripeElements, { box, onReady, onAccepted }: Wallets): Express {
	const express = elements.create('expressCheckout', {
		paymentMethods: {
			applePay: 'auto',
			googlePay: 'auto',
			link: 'never',
			amazonPay: 'never',
			paypal: 'never',
			klarna: 'never'
		},
		buttonType: { applePay: 'plain', googlePay: 'pay' },
		buttonHeight: 48
	});
	const known = new Promise<void>((done) => {
		const tell = (isThere: boolean): void => {
			onReady(isThere);
			done();
		};
		express.on('ready', ({ availablePaymentMethods }) => tell(availablePaymentMethods !== undefined));
		express.on('loaderror', () => tell(false));
	});
	// Stripe waits a second for this answer, and no more.
	express.on('click', (event) => event.resolve());
	express.on('confirm', async (event) => {
		if (!(await onAccepted())) event.paymentFailed({ reason: 'fail' });
	});
	express.mount(box);
	return { known, destroy: () => express.destroy() };
}

/** Only the challenge, for a page that was reloaded in the middle. */
export async function resumeAuthentication(
	options: Pick<CheckoutOptions, 'stripe' | 'locale'>,
	clientSecret: string
): Promise<{ ok: boolean }> {
	return authenticate(await within(LOAD_LIMIT_MS, loadScript(options)), clientSecret);
}

async function loadScript({ stripe: view, locale }: Pick<CheckoutOptions, 'stripe' | 'locale'>): Promise<Stripe> {
	// Before loadStripe, which would set the address itself: a string, which Trusted Types refuse. It takes what is there.
	if (!('Stripe' in window)) await bringScript(view.scriptUrl).catch(() => bringScript(view.scriptUrl));
	const stripe = await loadStripe(view.publishableKey, {
		locale,
		...(view.account ? { stripeAccount: view.account } : {})
	});
	if (!stripe) throw new Error('Stripe.js did not load');
	return stripe;
}

/** The demo's stand-in answers from its own origin; in production this address is null: Stripe's. */
function bringScript(sandbox: string | null): Promise<void> {
	return new Promise((done, failed) => {
		const script = payScript(sandbox);
		script.onload = () => done();
		script.onerror = () => {
			script.remove();
			failed(new Error('Failed to load the payment script'));
		};
		document.head.append(script);
	});
}

function mounted(element: StripePaymentElement, container: HTMLElement): Promise<void> {
	return new Promise((done, failed) => {
		element.on('ready', () => done());
		element.on('loaderror', (event) => failed(new Error(event.error.message)));
		element.mount(container);
	});
}

function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
	return Promise.race([
		work,
		new Promise<never>((_, failed) => setTimeout(() => failed(new Error('too slow')), limitMs))
	]);
}

async function makeToken(stripe: Stripe, elements: StripeElements, returnUrl: string): Promise<TokenResult> {
	const submitted = await elements.submit();
	if (submitted.error) return { ok: false, message: submitted.error.message ?? null };
	const { confirmationToken, error } = await stripe.createConfirmationToken({
		elements,
		params: { return_url: returnUrl }
	});
	if (confirmationToken)
		return { ok: true, tokenId: confirmationToken.id, type: submitted.selectedPaymentMethod ?? 'card' };
	// Of a field or a card it speaks the reader's language; of its own network and its own faults, English.
	if (error?.type !== 'validation_error' && error?.type !== 'card_error') throw new Error(error?.type ?? 'no token');
	return { ok: false, message: error.message ?? null };
}

async function authenticate(stripe: Stripe, clientSecret: string): Promise<{ ok: boolean }> {
	try {
		const { error } = await stripe.handleNextAction({ clientSecret });
		return { ok: !error };
	} catch {
		// Not waiting for a confirmation any more: the server knows what became of it.
		return { ok: false };
	}
}
