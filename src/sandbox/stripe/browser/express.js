// The buttons of the wallets that this device has.
const { appOrigin } = window.__PONCTUEL_SANDBOX__;
const app = document.getElementById('app');
const tell = (ev, payload) => parent.postMessage({ v: 1, ev, payload }, appOrigin);
const NAMES = { apple_pay: 'Apple Pay', google_pay: 'Google Pay' };
function render({ wallets, locale }) {
	document.documentElement.lang = locale === 'en' ? 'en' : 'fr';
	app.replaceChildren(
		...wallets.map((wallet) => {
			const button = document.createElement('button');
			button.type = 'button';
			button.textContent = NAMES[wallet];
			button.setAttribute('aria-label', `${locale === 'en' ? 'Pay with' : 'Payer avec'} ${NAMES[wallet]}`);
			button.addEventListener('click', () => tell('press', { wallet }));
			return button;
		})
	);
	return {};
}
window.addEventListener('message', (message) => {
	if (message.origin !== appOrigin || message.source !== parent || message.data?.v !== 1) return;
	parent.postMessage({ v: 1, id: message.data.id, payload: render(message.data.payload) }, appOrigin);
});
// Hidden while the page loads: the height is told when there is one.
new ResizeObserver(() => tell('height', Math.ceil(app.getBoundingClientRect().height))).observe(app);
tell('ready', {});
