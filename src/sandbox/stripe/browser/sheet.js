// The sheet of a wallet: which card, accept or close. A page of its own in a frame.
const { appOrigin } = window.__PONCTUEL_SANDBOX__;
const query = new URLSearchParams(location.search);
const english = query.get('locale') === 'en';
document.documentElement.lang = english ? 'en' : 'fr';
const amount = new Intl.NumberFormat(english ? 'en-IE' : 'fr-FR', { style: 'currency', currency: 'EUR' }).format(
	Number(query.get('amount') ?? 0) / 100
);
const words = english
	? {
			title: query.get('wallet') === 'apple_pay' ? 'Apple Pay' : 'Google Pay',
			text: `${query.get('business')}: ${amount}`,
			choose: 'Card',
			accept: 'Pay with this device',
			refuse: 'Close',
			note: 'Simulated wallet: no money moves.'
		}
	: {
			title: query.get('wallet') === 'apple_pay' ? 'Apple Pay' : 'Google Pay',
			text: `${query.get('business')} : ${amount}`,
			choose: 'Carte',
			accept: 'Payer avec cet appareil',
			refuse: 'Fermer',
			note: 'Portefeuille simulé : aucun débit réel.'
		};
for (const [id, text] of Object.entries(words)) document.getElementById(id).textContent = text;
const card = document.getElementById('card');
for (const [value, label] of [
	['pm_card_visa', 'Visa •••• 4242'],
	['pm_card_visa_chargeDeclinedInsufficientFunds', english ? 'Visa •••• 9995 (declined)' : 'Visa •••• 9995 (refusée)']
])
	card.append(new Option(label, value));
const answer = (accepted) =>
	parent.postMessage({ v: 1, ev: 'answer', payload: { accepted, card: card.value } }, appOrigin);
document.getElementById('accept').addEventListener('click', () => answer(true));
document.getElementById('refuse').addEventListener('click', () => answer(false));
document.getElementById('accept').focus();
parent.postMessage({ v: 1, ev: 'ready' }, appOrigin);
