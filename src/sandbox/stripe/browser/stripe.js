// The stand-in of js.stripe.com, for the demo and the tests: the surface of Stripe.js that Ponctuel uses. Card and account digits
// live in frames of this script's own origin; the page that loads it only ever sees ids, brands and last digits.
(() => {
	const { api, origin, wallets } = window.__PONCTUEL_SANDBOX__;
	let frames = 0;

	class IntegrationError extends Error {
		constructor(message) {
			super(message);
			this.name = 'IntegrationError';
		}
	}
	const notHere = (name) => () => {
		throw new IntegrationError(`${name} is not in the sandbox`);
	};

	function encode(value, prefix = '', out = new URLSearchParams()) {
		for (const [key, inner] of Object.entries(value)) {
			const name = prefix ? `${prefix}[${key}]` : key;
			if (inner !== null && typeof inner === 'object') encode(inner, name, out);
			else if (inner !== undefined && inner !== null) out.append(name, String(inner));
		}
		return out;
	}

	class Emitter {
		#handlers = new Map();
		on(event, handler) {
			this.#handlers.set(event, [...(this.#handlers.get(event) ?? []), handler]);
			return this;
		}
		once(event, handler) {
			const once = (payload) => {
				this.off(event, once);
				handler(payload);
			};
			return this.on(event, once);
		}
		off(event, handler) {
			this.#handlers.set(event, handler ? (this.#handlers.get(event) ?? []).filter((h) => h !== handler) : []);
			return this;
		}
		emit(event, payload) {
			for (const handler of this.#handlers.get(event) ?? []) handler(payload);
		}
	}

	/** One frame of our origin, spoken to by messages whose origin and source are checked on both sides. */
	class Frame {
		#pending = new Map();
		#next = 1;
		constructor(parent, path, title, onEvent) {
			this.ready = new Promise((done) => (this.markReady = done));
			this.node = document.createElement('iframe');
			Object.assign(this.node, {
				name: `__privateStripeFrame${++frames}`,
				title,
				src: origin + path,
				allow: 'payment *'
			});
			this.node.style.cssText = 'border:0;display:block;width:100%;height:0;margin:0;color-scheme:normal';
			this.listen = (message) => {
				if (message.origin !== origin || message.source !== this.node.contentWindow || message.data?.v !== 1) return;
				const { id, ev, payload } = message.data;
				if (id !== undefined) this.#pending.get(id)?.(payload);
				else if (ev === 'ready') this.markReady();
				else if (ev === 'height') this.node.style.height = `${payload}px`;
				else onEvent(ev, payload);
			};
			window.addEventListener('message', this.listen);
			parent.append(this.node);
		}
		async ask(cmd, payload) {
			await this.ready;
			const id = this.#next++;
			const answer = new Promise((done) => this.#pending.set(id, done));
			this.node.contentWindow.postMessage({ v: 1, id, cmd, payload }, origin);
			return answer.finally(() => this.#pending.delete(id));
		}
		destroy() {
			window.removeEventListener('message', this.listen);
			this.node.remove();
		}
	}

	class PaymentElement extends Emitter {
		constructor(elements, options) {
			super();
			this.elements = elements;
			this.options = options ?? {};
		}
		mount(target) {
			const container = typeof target === 'string' ? document.querySelector(target) : target;
			if (!container) throw new IntegrationError('The selector you specified applies to no DOM elements.');
			container.classList.add('StripeElement');
			this.wrapper = document.createElement('div');
			this.wrapper.className = '__PrivateStripeElement';
			container.replaceChildren(this.wrapper);
			queueMicrotask(() => this.emit('loaderstart', { elementType: 'payment' }));
			this.frame = new Frame(this.wrapper, '/frame', 'Secure payment input frame', (event, payload) => {
				if (event === 'change') this.elements.submitted = false;
				this.emit(event, { elementType: 'payment', ...payload });
			});
			void this.frame
				.ask('init', this.state())
				.then((answer) =>
					answer?.error
						? this.emit('loaderror', { elementType: 'payment', error: answer.error })
						: this.emit('ready', { elementType: 'payment' })
				);
		}
		state() {
			return {
				...this.elements.options,
				...this.options,
				key: this.elements.stripe.key,
				account: this.elements.stripe.account
			};
		}
		refresh() {
			return this.frame ? this.frame.ask('update', this.state()) : Promise.resolve();
		}
		update(options) {
			this.options = { ...this.options, ...options };
			void this.refresh();
		}
		unmount() {
			this.frame?.destroy();
			this.wrapper?.remove();
			this.frame = undefined;
		}
		destroy() {
			this.unmount();
			this.elements.forget();
		}
		focus() {
			void this.frame?.ask('focus');
		}
		blur() {}
		clear() {
			void this.frame?.ask('clear');
		}
		collapse() {}
	}

	/** A page of our origin above everything; resolves with what was answered. */
	function openDialog(label, path, title) {
		const dialog = document.createElement('dialog');
		dialog.setAttribute('aria-label', label);
		dialog.style.cssText =
			'border:0;padding:0;border-radius:12px;width:min(440px,94vw);height:min(460px,90vh);background:#fff';
		document.body.append(dialog);
		return new Promise((done) => {
			const finish = (answer) => {
				frame.destroy();
				dialog.close();
				dialog.remove();
				done(answer);
			};
			const frame = new Frame(dialog, path, title, (event, payload) => event === 'answer' && finish(payload));
			frame.node.style.height = '100%';
			dialog.addEventListener('cancel', (event) => {
				event.preventDefault();
				finish({ accepted: false });
			});
			dialog.showModal();
		});
	}

	const WALLETS = { apple_pay: 'applePay', google_pay: 'googlePay' };
	const CLICK_LIMIT_MS = 1000;
	class ExpressCheckoutElement extends Emitter {
		constructor(elements, options) {
			super();
			this.elements = elements;
			this.offered = wallets.filter((wallet) => options?.paymentMethods?.[WALLETS[wallet]] !== 'never');
		}
		mount(target) {
			const container = typeof target === 'string' ? document.querySelector(target) : target;
			if (!container) throw new IntegrationError('The selector you specified applies to no DOM elements.');
			this.wrapper = document.createElement('div');
			container.replaceChildren(this.wrapper);
			const availablePaymentMethods = this.offered.length
				? Object.fromEntries(this.offered.map((wallet) => [WALLETS[wallet], true]))
				: undefined;
			const ready = () => this.emit('ready', { elementType: 'expressCheckout', availablePaymentMethods });
			if (!this.offered.length) return void setTimeout(ready);
			this.frame = new Frame(
				this.wrapper,
				'/express',
				'Secure express checkout frame',
				(event, { wallet }) => event === 'press' && void this.press(wallet)
			);
			void this.frame.ask('init', { wallets: this.offered, locale: this.elements.stripe.locale }).then(ready);
		}
		async press(wallet) {
			const allowed = await new Promise((done) => {
				setTimeout(() => done(false), CLICK_LIMIT_MS);
				this.emit('click', {
					elementType: 'expressCheckout',
					expressPaymentType: wallet,
					resolve: () => done(true),
					reject: () => done(false)
				});
			});
			if (!allowed) return;
			const query = new URLSearchParams({
				wallet,
				amount: String(this.elements.options.amount),
				business: this.elements.businessName ?? '',
				locale: this.elements.stripe.locale
			});
			const answer = await openDialog(wallet, `/sheet?${query}`, 'Wallet');
			if (!answer.accepted) return this.emit('cancel', { elementType: 'expressCheckout' });
			this.elements.wallet = { wallet, card: answer.card };
			this.emit('confirm', {
				elementType: 'expressCheckout',
				expressPaymentType: wallet,
				billingDetails: { name: 'Wallet', email: null },
				paymentFailed: () => (this.elements.wallet = undefined)
			});
		}
		unmount() {
			this.frame?.destroy();
			this.wrapper?.remove();
		}
		destroy() {
			this.unmount();
			this.elements.express = undefined;
		}
		update() {}
	}

	class Elements extends Emitter {
		submitted = false;
		constructor(stripe, options = {}) {
			super();
			if ('paymentMethodTypes' in options)
				throw new IntegrationError('paymentMethodTypes is no longer supported, use allowedPaymentMethodTypes.');
			if (Boolean(options.mode) === Boolean(options.clientSecret))
				throw new IntegrationError('Provide either mode or clientSecret.');
			if (options.mode === 'payment' && (!Number.isInteger(options.amount) || options.amount <= 0 || !options.currency))
				throw new IntegrationError('In payment mode, amount and currency are required, and amount must be positive.');
			this.stripe = stripe;
			this.options = options;
		}
		create(type, options) {
			if (type === 'expressCheckout') {
				if (this.express) throw new IntegrationError('Can only create one Element of type expressCheckout.');
				return (this.express = new ExpressCheckoutElement(this, options));
			}
			if (type !== 'payment') throw new IntegrationError(`${type} is not in the sandbox`);
			this.businessName = options?.business?.name;
			if (this.element) throw new IntegrationError('Can only create one Element of type payment.');
			return (this.element = new PaymentElement(this, options));
		}
		getElement(type) {
			return type === 'payment' ? (this.element ?? null) : null;
		}
		forget() {
			this.element = undefined;
		}
		async update(options) {
			for (const frozen of ['paymentMethodOptions', 'loader', 'clientSecret', 'fonts'])
				if (frozen in options) throw new IntegrationError(`elements.update() does not take ${frozen}.`);
			this.options = { ...this.options, ...options };
			this.submitted = false;
			await this.element?.refresh();
			this.emit('update-end', {});
		}
		async submit() {
			if (this.wallet) {
				this.submitted = true;
				return { selectedPaymentMethod: this.wallet.wallet };
			}
			if (!this.element) throw new IntegrationError('Nothing to submit: create a Payment Element first.');
			const answer = await this.element.frame.ask('submit');
			this.submitted = !answer.error;
			return answer;
		}
		async fetchUpdates() {
			return {};
		}
	}

	async function challengeModal(stripe, intent, clientSecret) {
		const { locale } = stripe;
		const challenge = intent.next_action.use_stripe_sdk.id;
		const query = new URLSearchParams({ challenge, amount: String(intent.amount), locale });
		const { accepted } = await openDialog(
			locale === 'en' ? 'Bank confirmation' : 'Confirmation de votre banque',
			`/3ds?${query}`,
			'3D Secure 2 authentication'
		);
		return stripe.call('POST', `/v1/${intent.object}s/${intent.id}/challenge`, {
			client_secret: clientSecret,
			challenge,
			accepted
		});
	}

	class StripeSandbox {
		constructor(key, options = {}) {
			if (!/^pk_test_/.test(key ?? '')) throw new IntegrationError('The sandbox takes test keys only.');
			this.key = key;
			this.account = options.stripeAccount ?? null;
			this.locale = options.locale === 'en' ? 'en' : 'fr';
		}
		async call(method, path, params = {}) {
			const body = encode(params);
			let response;
			try {
				response = await fetch(api + path + (method === 'GET' ? `?${body}` : ''), {
					method,
					headers: { authorization: `Bearer ${this.key}`, ...(this.account ? { 'stripe-account': this.account } : {}) },
					...(method === 'GET' ? {} : { body })
				});
			} catch {
				return { error: { type: 'api_connection_error', message: 'Network error' } };
			}
			return response.json();
		}
		elements(options) {
			return new Elements(this, options);
		}
		async createConfirmationToken({ elements, params = {} }) {
			if (!elements?.submitted)
				throw new IntegrationError(
					'elements.submit() must be called, and succeed, before stripe.createConfirmationToken().'
				);
			const { wallet } = elements;
			elements.wallet = undefined;
			const answer = wallet
				? await this.call('POST', '/v1/confirmation_tokens', {
						return_url: params.return_url,
						setup_future_usage: elements.options.setupFutureUsage,
						payment_method_data: { type: 'card', card: { token: wallet.card, wallet: wallet.wallet } }
					})
				: await elements.element.frame.ask('token', {
						...params,
						setup_future_usage: elements.options.setupFutureUsage
					});
			return answer.error ? { error: answer.error } : { confirmationToken: answer };
		}
		async read(clientSecret) {
			const kind = clientSecret.startsWith('seti_') ? 'setup_intents' : 'payment_intents';
			const answer = await this.call('GET', `/v1/${kind}/${clientSecret.split('_secret_')[0]}`, {
				client_secret: clientSecret
			});
			return answer.error ? { error: answer.error } : { intent: answer };
		}
		async retrievePaymentIntent(clientSecret) {
			const { intent, error } = await this.read(clientSecret);
			return error ? { error } : { paymentIntent: intent };
		}
		async retrieveSetupIntent(clientSecret) {
			const { intent, error } = await this.read(clientSecret);
			return error ? { error } : { setupIntent: intent };
		}
		async handleNextAction({ clientSecret }) {
			const isSetup = clientSecret.startsWith('seti_');
			const { intent, error } = await this.read(clientSecret);
			if (error) return { error };
			if (intent.status !== 'requires_action')
				throw new IntegrationError(
					`handleNextAction: the PaymentIntent supplied is not in the requires_action state (${intent.status}).`
				);
			const after = await challengeModal(this, intent, clientSecret);
			if (after.error) return { error: after.error };
			if (after.status === 'requires_payment_method') {
				const last = after.last_payment_error ?? after.last_setup_error;
				return {
					error: {
						type: last?.code?.endsWith('_authentication_failure') ? 'invalid_request_error' : 'card_error',
						code: last?.code,
						decline_code: last?.decline_code,
						message: last?.message,
						[isSetup ? 'setup_intent' : 'payment_intent']: after
					}
				};
			}
			return isSetup ? { setupIntent: after } : { paymentIntent: after };
		}
		async confirmPayment({ elements, clientSecret, confirmParams = {}, redirect = 'always' }) {
			const params = {
				client_secret: clientSecret,
				return_url: confirmParams.return_url,
				payment_method: confirmParams.payment_method
			};
			if (elements) {
				const { error, confirmationToken } = await this.createConfirmationToken({ elements });
				if (error) return { error };
				params.confirmation_token = confirmationToken.id;
			}
			let intent = await this.call('POST', `/v1/payment_intents/${clientSecret.split('_secret_')[0]}/confirm`, params);
			if (intent.error) return { error: intent.error };
			if (intent.status === 'requires_action') {
				const after = await this.handleNextAction({ clientSecret });
				if (after.error) return after;
				intent = after.paymentIntent;
			}
			if (redirect === 'if_required') return { paymentIntent: intent };
			const url = new URL(confirmParams.return_url);
			url.searchParams.set('payment_intent', intent.id);
			url.searchParams.set('payment_intent_client_secret', clientSecret);
			url.searchParams.set('redirect_status', intent.status);
			location.assign(url);
			return new Promise(() => {});
		}
		registerAppInfo() {}
		_registerWrapper() {}
		confirmSetup = notHere('confirmSetup');
		createPaymentMethod = notHere('createPaymentMethod');
	}

	window.Stripe = Object.assign((key, options) => new StripeSandbox(key, options), { version: 'endive' });
})();
