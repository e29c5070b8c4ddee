// The pay page without the framework: it follows the news, shows what the server draws anew, and brings the framework when somebody wants to pay.
// Everything it says was written by the server, in data-attributes of <main>.
import type * as Devalue from 'devalue';
import { followNews, type LiveState } from '#lib/client/live.ts';
import { keepOnRenewal } from '#lib/client/renew.ts';
import { readBy, reread } from '#lib/client/reread.ts';
import { registerServiceWorker } from '#lib/client/trusted-script.ts';
import { watchTyping } from '#lib/client/unsaved.ts';
import { required } from '#lib/domain/required.ts';
import type { PayPageView } from '#lib/contract/pay-page.ts';
import type { Island } from './island.svelte.ts';

const find = <T extends HTMLElement>(selector: string, root: ParentNode = document): T | null =>
	root.querySelector<T>(selector);
const main = required(find('main[data-base]'), 'pay page');
const base = required(main.dataset.base, 'address');
const screen = (): HTMLElement => required(find('[data-screen]', main), 'pay screen');
const chosen = (root: ParentNode = main): HTMLInputElement | null =>
	find<HTMLInputElement>('[name="choix"]:checked', root);
const dueOf = (input: HTMLInputElement | null): string => input?.closest<HTMLElement>('[data-due]')?.dataset.due ?? '';
let island: Island | null = null;

/** Asked until it is answered: without a network, or with the server down, the page keeps what it shows. */
async function untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
	for (let wait = 1000; ; wait = Math.min(wait * 1.5, 30_000))
		try {
			return await ask();
		} catch {
			await new Promise((done) => setTimeout(done, wait));
		}
}
/** As markup that nothing of ours has to trust: a document of its own, whose scripts do not run. */
const drawn = (): Promise<Document> =>
	new Promise((done, failed) => {
		const request = new XMLHttpRequest();
		request.responseType = 'document';
		request.open('GET', location.href);
		request.onload = () =>
			request.status < 500 && request.response ? done(request.response as Document) : failed(new Error('no answer'));
		request.onerror = () => failed(new Error('not reached'));
		request.send();
	});
async function viewNow(): Promise<PayPageView | null> {
	const [answer, { parse }] = await Promise.all([fetch(`${base}/vue`), import('devalue') as Promise<typeof Devalue>]);
	if (answer.status >= 500) throw new Error('no answer');
	return answer.ok ? (parse(await answer.text()) as PayPageView) : null;
}

async function read(): Promise<void> {
	if (island) {
		const page = await untilAnswered(viewNow);
		// The link has ended: the page says so itself.
		if (page) await island.show(page);
		else location.reload();
		return;
	}
	const next = await untilAnswered(drawn);
	if (!island) show(next);
}
readBy({
	read,
	isOld: async () => {
		const answer = await fetch('/_app/version.json', { cache: 'no-store' });
		return ((await answer.json()) as { version: string }).version !== main.dataset.version;
	}
});

/** What the server drew takes the place of what is there. What its person chose and opened, and where the focus is, stays. */
function show(next: Document): void {
	const there = find('main[data-base]', next);
	if (!there) return location.reload();
	const [was, kind] = [dueOf(chosen()), chosen()?.value];
	const open = new Set([...main.querySelectorAll('details[open]')].map(nameOf));
	const focused =
		document.activeElement && main.contains(document.activeElement) ? nameOf(document.activeElement) : null;
	const fresh = document.importNode(required(find('[data-screen]', there), 'pay screen'), true);
	const same = kind ? find<HTMLInputElement>(`[name="choix"][value="${kind}"]`, fresh) : null;
	if (same) same.checked = true;
	for (const one of fresh.querySelectorAll('details')) one.open ||= open.has(nameOf(one));
	screen().replaceWith(fresh);
	for (const [name, value] of Object.entries(there.dataset)) main.dataset[name] = value;
	if (focused)
		[...fresh.querySelectorAll<HTMLElement>('a, button, input, summary')]
			.find((one) => nameOf(one) === focused)
			?.focus();
	const now = chosen();
	if (was && now && dueOf(now) !== was) tell(now.value === kind ? 'changed' : 'ended', now);
	begin();
}
/** What an element is called, on this page and on the one drawn anew. */
const nameOf = (element: Element): string =>
	element instanceof HTMLInputElement
		? `${element.name}=${element.value}`
		: (element.id || (element.querySelector('summary') ?? element).textContent).trim();
/** A price that changed by itself is said, never silent. */
function tell(what: 'changed' | 'ended', { value }: HTMLInputElement): void {
	const amount = find(`[name="choix"][value="${value}"] ~ .price`, main)?.textContent.trim() ?? '';
	tellThat((main.dataset[what] ?? '').replace('{amount}', amount));
}
function tellThat(words: string): void {
	const notice = required(find('[data-notice]', main), 'place for news');
	notice.textContent = words;
	notice.hidden = false;
}

/** The framework takes over; then the button that was meant is pressed, if it is still there with the same words. */
async function wake(button: HTMLElement | null): Promise<void> {
	const words = button?.innerText.trim();
	const inside = [...(button?.childNodes ?? [])];
	if (button) {
		button.ariaDisabled = 'true';
		button.textContent = main.dataset.loading ?? '';
	}
	try {
		const [{ openIsland }, page] = await Promise.all([import('./island.svelte.ts'), viewNow()]);
		if (!page) return location.reload();
		const search = new URLSearchParams(location.search);
		const kind = chosen()?.value;
		if (kind) search.set('choix', kind);
		island ??= await openIsland(screen(), base, page, search);
	} catch {
		button?.replaceChildren(...inside);
		if (button) button.ariaDisabled = 'false';
		return tellThat(main.dataset.unreachable ?? '');
	}
	if (!words) return;
	const meant = [...main.querySelectorAll<HTMLElement>('button[type="button"]')].find(
		(one) => one.innerText.trim() === words
	);
	meant?.focus();
	meant?.click();
}

let timer: ReturnType<typeof setTimeout> | undefined;
/** Of what was just drawn. */
function begin(): void {
	clearTimeout(timer);
	const wait = Number(main.dataset.rereadIn);
	// When a price ends while the page is open, the page asks again at that moment.
	if (wait) timer = setTimeout(() => void (island ?? reread()), Math.min(wait + 250, 2_147_483_647));
	if (main.dataset.wake !== undefined && !island) void wake(null);
}

const said = find('[data-said]', main);
const say = (kind: string): void => {
	const words = main.dataset[kind];
	if (words && said) said.textContent = words;
};
function follow(state: LiveState): void {
	said?.classList.toggle('lost', state === 'lost' || state === 'ended');
	if (state === 'lost' || state === 'ended') say('lost');
	else if (said && said.textContent === main.dataset.lost) said.textContent = '';
}

main.addEventListener('click', (event) => {
	const button = event.target instanceof Element ? event.target.closest<HTMLElement>('button[type="button"]') : null;
	if (!button || island || button.ariaDisabled === 'true') return;
	event.preventDefault();
	void wake(button);
});
// Whoever is about to press has it sooner.
for (const sign of ['pointerdown', 'focusin'])
	main.addEventListener(sign, ({ target }) => {
		if (target instanceof Element && target.closest('button[type="button"]'))
			void import('./island.svelte.ts').catch(() => undefined);
	});
main.addEventListener('change', () => {
	const kind = chosen()?.value;
	if (kind) keepOnRenewal({ choix: kind });
});
watchTyping();
followNews(`${base}/live`, say, follow);
registerServiceWorker();
begin();
document.documentElement.dataset.hydrated = '';
