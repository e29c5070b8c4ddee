// Inside the frame: the fields. Digits go from here to the sandbox's API and nowhere else.
const { api, appOrigin } = window.__PONCTUEL_SANDBOX__;
const TEXT = {
	fr: {
		card: 'Carte',
		sepa: 'Prélèvement SEPA',
		number: 'Numéro de carte',
		expiry: 'Date d’expiration',
		cvc: 'Code de sécurité',
		iban: 'IBAN',
		name: 'Nom du titulaire du compte',
		email: 'E-mail',
		banner: 'Paiement simulé : aucun débit réel',
		choose: 'Moyen de paiement',
		incomplete_number: 'Votre numéro de carte est incomplet.',
		invalid_number: 'Votre numéro de carte n’est pas valide.',
		incomplete_expiry: 'La date d’expiration est incomplète.',
		invalid_expiry_year_past: 'Votre carte a expiré.',
		incomplete_cvc: 'Le code de sécurité est incomplet.',
		invalid_iban: 'Cet IBAN n’est pas valide.',
		incomplete_name: 'Indiquez le nom du titulaire du compte.',
		incomplete_email: 'Indiquez une adresse e-mail.',
		mandate: (business) =>
			`En communiquant votre IBAN et en validant, vous autorisez ${business} et Stripe, son prestataire de paiement, à demander le débit de votre compte, et votre banque à l’exécuter. Vous pouvez en demander le remboursement à votre banque, selon votre convention, pendant 8 semaines après le débit. Un avis vous parvient au plus tard 2 jours avant chaque prélèvement.`
	},
	en: {
		card: 'Card',
		sepa: 'SEPA Debit',
		number: 'Card number',
		expiry: 'Expiration date',
		cvc: 'Security code',
		iban: 'IBAN',
		name: 'Name on the account',
		email: 'Email',
		banner: 'Simulated payment: no money moves',
		choose: 'Payment method',
		incomplete_number: 'Your card number is incomplete.',
		invalid_number: 'Your card number is invalid.',
		incomplete_expiry: 'The expiration date is incomplete.',
		invalid_expiry_year_past: 'Your card has expired.',
		incomplete_cvc: 'The security code is incomplete.',
		invalid_iban: 'This IBAN is not valid.',
		incomplete_name: 'Enter the name on the account.',
		incomplete_email: 'Enter an email address.',
		mandate: (business) =>
			`By giving your IBAN and confirming, you authorise ${business} and Stripe, its payment provider, to send instructions to your bank to debit your account, and your bank to do so. You may ask your bank for a refund, under your agreement with it, within 8 weeks of the debit. You are told at least 2 days before each debit.`
	}
};
let state = {};
let selected = 'card';
const app = document.getElementById('app');
const tell = (ev, payload) => parent.postMessage({ v: 1, ev, payload }, appOrigin);
const t = (key) => TEXT[state.locale === 'en' ? 'en' : 'fr'][key];
const value = (id) => document.getElementById(id)?.value ?? '';
const make = (tag, attributes = {}, ...children) => {
	const node = document.createElement(tag);
	for (const [name, content] of Object.entries(attributes)) {
		if (name === 'on') for (const [event, handler] of Object.entries(content)) node.addEventListener(event, handler);
		else node.setAttribute(name, content);
	}
	node.append(...children);
	return node;
};

function field(id, name, label, attributes) {
	const input = make('input', {
		id,
		name,
		class: 'Input',
		'aria-describedby': `${id}-error`,
		...attributes,
		on: {
			input: changed,
			focus: () => tell('focus', {}),
			blur: () => tell('blur', {}),
			keydown: (e) => e.key === 'Escape' && tell('escape', {})
		}
	});
	return make(
		'div',
		{ class: 'field' },
		make('label', { for: id, class: 'Label' }, label),
		input,
		make('p', { id: `${id}-error`, class: 'Error', role: 'alert' })
	);
}

function types() {
	const allowed = state.allowedPaymentMethodTypes ?? ['card', 'sepa_debit'];
	return allowed.filter(
		(type) => type === 'card' || (type === 'sepa_debit' && state.currency === 'eur' && (state.amount ?? 0) <= 1_000_000)
	);
}

function render() {
	const offered = types();
	if (!offered.includes(selected)) selected = offered[0];
	const billing = state.defaultValues?.billingDetails ?? {};
	document.documentElement.lang = state.locale === 'en' ? 'en' : 'fr';
	const variables = state.appearance?.variables ?? {};
	for (const [name, css] of Object.entries({
		colorPrimary: '--primary',
		colorBackground: '--background',
		colorText: '--text',
		colorDanger: '--danger',
		borderRadius: '--radius',
		fontFamily: '--font',
		fontSizeBase: '--size',
		colorTextSecondary: '--soft'
	}))
		if (variables[name]) document.documentElement.style.setProperty(css, variables[name]);
	const tabs = make(
		'div',
		{ role: 'radiogroup', 'aria-label': t('choose'), class: 'tabs' },
		...offered.map((type) => {
			const input = make('input', {
				type: 'radio',
				name: 'type',
				id: `type-${type}`,
				value: type,
				on: {
					change: () => {
						selected = type;
						render();
						changed();
					}
				}
			});
			if (type === selected) input.checked = true;
			return make(
				'label',
				{ class: 'Tab', for: `type-${type}` },
				input,
				make('span', {}, t(type === 'card' ? 'card' : 'sepa'))
			);
		})
	);
	const cardFields = [
		field('Field-numberInput', 'number', t('number'), {
			autocomplete: 'cc-number',
			inputmode: 'numeric',
			placeholder: '1234 1234 1234 1234'
		}),
		make(
			'div',
			{ class: 'row' },
			field('Field-expiryInput', 'expiry', t('expiry'), {
				autocomplete: 'cc-exp',
				inputmode: 'numeric',
				placeholder: 'MM / AA'
			}),
			field('Field-cvcInput', 'cvc', t('cvc'), { autocomplete: 'cc-csc', inputmode: 'numeric', placeholder: 'CVC' })
		)
	];
	const sepaFields = [
		field('Field-nameInput', 'name', t('name'), { autocomplete: 'name', value: billing.name ?? '' }),
		field('Field-emailInput', 'email', t('email'), {
			autocomplete: 'email',
			type: 'email',
			value: billing.email ?? ''
		}),
		field('Field-ibanInput', 'iban', t('iban'), {
			autocapitalize: 'characters',
			placeholder: 'FR76 3000 6000 0112 3456 7890 189'
		}),
		make('p', { class: 'TermsText' }, t('mandate')(state.business?.name ?? ''))
	];
	app.replaceChildren(
		make('p', { class: 'banner' }, t('banner')),
		...(offered.length > 1 ? [tabs] : []),
		...(selected === 'card' ? cardFields : sepaFields)
	);
	resize();
}
const resize = () => tell('height', Math.ceil(app.getBoundingClientRect().height) + 4);

const luhn = (digits) =>
	[...digits]
		.reverse()
		.reduce(
			(sum, digit, i) =>
				sum + (i % 2 ? (Number(digit) * 2 > 9 ? Number(digit) * 2 - 9 : Number(digit) * 2) : Number(digit)),
			0
		) %
		10 ===
	0;
const ibanOk = (iban) =>
	/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban) &&
	[...(iban.slice(4) + iban.slice(0, 4))].reduce((rest, c) => {
		const n = /\d/.test(c) ? Number(c) : c.charCodeAt(0) - 55;
		return (rest * (n > 9 ? 100 : 10) + n) % 97;
	}, 0) === 1;

/** Every wrong field as [id, code]. */
function problems() {
	const wrong = [];
	if (selected === 'card') {
		const digits = value('Field-numberInput').replace(/\D/g, '');
		if (digits.length < 14) wrong.push(['Field-numberInput', 'incomplete_number']);
		else if (!luhn(digits)) wrong.push(['Field-numberInput', 'invalid_number']);
		const expiry = /^(\d{2})\s*\/?\s*(\d{2})$/.exec(value('Field-expiryInput').trim());
		if (!expiry || Number(expiry[1]) < 1 || Number(expiry[1]) > 12)
			wrong.push(['Field-expiryInput', 'incomplete_expiry']);
		else if (2000 + Number(expiry[2]) < new Date().getFullYear())
			wrong.push(['Field-expiryInput', 'invalid_expiry_year_past']);
		if (!/^\d{3,4}$/.test(value('Field-cvcInput').trim())) wrong.push(['Field-cvcInput', 'incomplete_cvc']);
		return wrong;
	}
	if (!value('Field-nameInput').trim()) wrong.push(['Field-nameInput', 'incomplete_name']);
	if (!/^\S+@\S+\.\S+$/.test(value('Field-emailInput').trim())) wrong.push(['Field-emailInput', 'incomplete_email']);
	if (!ibanOk(value('Field-ibanInput').replace(/\s/g, '').toUpperCase()))
		wrong.push(['Field-ibanInput', 'invalid_iban']);
	return wrong;
}

function changed(event) {
	if (event?.target?.id === 'Field-numberInput')
		event.target.value = event.target.value
			.replace(/\D/g, '')
			.slice(0, 19)
			.replace(/(.{4})(?=.)/g, '$1 ');
	if (event?.target?.id === 'Field-expiryInput') {
		const digits = event.target.value.replace(/\D/g, '').slice(0, 4);
		event.target.value = digits.length > 2 ? `${digits.slice(0, 2)} / ${digits.slice(2)}` : digits;
	}
	tell('change', { empty: false, complete: problems().length === 0, collapsed: false, value: { type: selected } });
}

function submit() {
	for (const error of document.querySelectorAll('.Error')) error.textContent = '';
	const wrong = problems();
	for (const [id, code] of wrong) {
		document.getElementById(`${id}-error`).textContent = t(code);
		document.getElementById(id).setAttribute('aria-invalid', 'true');
	}
	resize();
	if (!wrong.length) return { selectedPaymentMethod: selected };
	document.getElementById(wrong[0][0]).focus();
	return { error: { type: 'validation_error', code: wrong[0][1], message: t(wrong[0][1]) } };
}

async function token(params) {
	const body = new URLSearchParams();
	const put = (name, content) =>
		content !== undefined && content !== null && content !== '' && body.append(name, content);
	put('return_url', params.return_url);
	put('setup_future_usage', params.setup_future_usage);
	put('payment_method_data[type]', selected);
	const billing = params.payment_method_data?.billing_details ?? state.defaultValues?.billingDetails ?? {};
	if (selected === 'card') {
		const expiry = value('Field-expiryInput').replace(/\D/g, '');
		put('payment_method_data[card][number]', value('Field-numberInput').replace(/\D/g, ''));
		put('payment_method_data[card][exp_month]', String(Number(expiry.slice(0, 2))));
		put('payment_method_data[card][exp_year]', `20${expiry.slice(2)}`);
		put('payment_method_data[billing_details][name]', billing.name);
		put('payment_method_data[billing_details][email]', billing.email);
	} else {
		put('payment_method_data[sepa_debit][iban]', value('Field-ibanInput').replace(/\s/g, '').toUpperCase());
		put('payment_method_data[billing_details][name]', value('Field-nameInput').trim());
		put('payment_method_data[billing_details][email]', value('Field-emailInput').trim());
	}
	try {
		const response = await fetch(`${api}/v1/confirmation_tokens`, {
			method: 'POST',
			body,
			headers: { authorization: `Bearer ${state.key}`, ...(state.account ? { 'stripe-account': state.account } : {}) }
		});
		return response.json();
	} catch {
		return { error: { type: 'api_connection_error', message: 'Network error' } };
	}
}

const COMMANDS = {
	init: (payload) => {
		state = payload;
		render();
		return {};
	},
	update: (payload) => {
		const typed = state.amount !== undefined;
		const before = types().join();
		state = payload;
		if (!typed || before !== types().join()) render();
		return {};
	},
	submit,
	token,
	focus: () => {
		document.querySelector('.Input')?.focus();
		return {};
	},
	clear: () => {
		document.querySelectorAll('.Input').forEach((input) => (input.value = ''));
		return {};
	}
};
window.addEventListener('message', async (message) => {
	if (message.origin !== appOrigin || message.source !== parent || message.data?.v !== 1) return;
	const { id, cmd, payload } = message.data;
	parent.postMessage({ v: 1, id, payload: await COMMANDS[cmd]?.(payload ?? {}) }, appOrigin);
});
new ResizeObserver(resize).observe(app);
tell('ready', {});
