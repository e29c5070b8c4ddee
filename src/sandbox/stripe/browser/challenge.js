// The bank's question, as a page of its own or in a frame.
const { appOrigin } = window.__PONCTUEL_SANDBOX__;
const query = new URLSearchParams(location.search);
const english = query.get('locale') === 'en';
document.documentElement.lang = english ? 'en' : 'fr';
const amount = new Intl.NumberFormat(english ? 'en-IE' : 'fr-FR', { style: 'currency', currency: 'EUR' }).format(
	Number(query.get('amount') ?? 0) / 100
);
const words = english
	? {
			title: 'Banque Exemple',
			text: `Confirm the payment of ${amount}?`,
			accept: 'Complete authentication',
			refuse: 'Fail',
			note: 'Simulated bank: no money moves.'
		}
	: {
			title: 'Banque Exemple',
			text: `Confirmez-vous le paiement de ${amount} ?`,
			accept: 'Terminer l’authentification',
			refuse: 'Échouer',
			note: 'Banque simulée : aucun débit réel.'
		};
for (const [id, text] of Object.entries(words)) document.getElementById(id).textContent = text;
const answer = (accepted) => parent.postMessage({ v: 1, ev: 'answer', payload: { accepted } }, appOrigin);
document.getElementById('accept').addEventListener('click', () => answer(true));
document.getElementById('refuse').addEventListener('click', () => answer(false));
document.getElementById('accept').focus();
parent.postMessage({ v: 1, ev: 'ready' }, appOrigin);
