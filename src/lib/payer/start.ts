// The pay page without the framework: it follows the news, shows what the server draws anew, and brings the framework when somebody wants to pay.
// Everything it says was written by the server, in data-attributes of <main>.
import type * as Devalue from 'devalue';
import { followNews, type LiveState } from '#lib/client/live.ts';
import { bring, keepOnRenewal } from '#lib/client/renew.ts';
import { readBy, reread } from '#lib/client/reread.ts';
import { pageOf, registerServiceWorker } from '#lib/client/trusted-script.ts';
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
/** Down, or asked too often: no answer yet. */
const isAnswer = (status: number): boolean => status < 500 && status !== 429;
/** This page, as the server draws it now. */
async function drawn(): Promise<Document> {
	const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
	if (!isAnswer(answer.status)) throw new Error('no answer');
	return pageOf(await answer.text());
}
async function viewNow(): Promise<PayPageView | null> {
	const [answer, { parse }] = await Promise.all([fetch(`${base}/vue`), import('devalue') as Promise<typeof Devalue>]);
	if (!isAnswer(answer.status)) throw new Error('no answer');
	return answer.ok ? (parse(await answer.text()) as PayPageView) : null;
}

async function read(): Promise<void> {
	if (island) {
		const { show: showAnew } = island;
		return untilAnswered(async () => {
			const page = await viewNow();
			// The link has ended: the page says so itself.
			if (page) await showAnew(page);
			else location.reload();
		});
	}
	const next = await untilAnswered(drawn);
	// Come meanwhile, the framework shows what it knew before this news.
	if (island) return read();
	show(next);
}
readBy({
	read,
	isOld: async () => {
		const answer = await fetch('/_app/version.json', { cache: 'no-store' });
		return ((await answer.json()) as { version: string }).version !== main.dataset.version;
	}
});

type Price = [kind: string, due: string, amount: string];
type Asked = { affair: string; prices: Price[]; kind: string | undefined };
/** What is asked for now, with the prices as they are shown; null: nothing is. */
function askedNow(): Asked | null {
	const form = find('form[data-prices]', main);
	return form
		? {
				affair: form.dataset.affair ?? '',
				prices: JSON.parse(form.dataset.prices ?? '[]') as Price[],
				kind: chosen()?.value
			}
		: null;
}
const priceOf = ({ prices, kind }: Asked): Price | undefined => prices.find(([one]) => one === kind) ?? prices[0];
/** A price that changed by itself is said, never silent. A plan that began, an instalment that was paid: another thing to pay, not another price. */
function tellChange(was: Asked | null): void {
	const now = askedNow();
	if (!was || !now || was.affair !== now.affair) return;
	const [before, after] = [priceOf(was), priceOf(now)];
	if (!before || !after || (before[0] === after[0] && before[1] === after[1])) return;
	const words = before[0] === 'early' && after[0] !== 'early' ? main.dataset.ended : main.dataset.changed;
	tellThat((words ?? '').replace('{amount}', after[2]));
}
function tellThat(words: string): void {
	const notice = required(find('[data-notice]', main), 'place for news');
	notice.textContent = words;
	notice.hidden = !words;
}

/** What an element is called, on this page and on the one drawn anew. */
const nameOf = (element: Element): string =>
	element instanceof HTMLInputElement
		? `${element.name}=${element.value}`
		: (element.id || (element.querySelector('summary') ?? element).textContent).trim();
/** What its person opened, and where the focus is, stays. */
function keeping(swap: () => void): void {
	const open = new Set([...screen().querySelectorAll('details[open]')].map(nameOf));
	const { activeElement } = document;
	const focused = activeElement && screen().contains(activeElement) ? nameOf(activeElement) : null;
	swap();
	for (const one of screen().querySelectorAll('details')) one.open ||= open.has(nameOf(one));
	if (focused)
		[...screen().querySelectorAll<HTMLElement>('a, button, input, summary')]
			.find((one) => nameOf(one) === focused)
			?.focus({ preventScroll: true });
}
/** What the server drew takes the place of what is there. */
function show(next: Document): void {
	const there = find('main[data-base]', next);
	if (!there) return location.reload();
	const was = askedNow();
	if (there.dataset.version !== main.dataset.version) {
		// Its looks are another version's too.
		const address = new URL(location.href);
		if (was?.kind) address.searchParams.set('choix', was.kind);
		return location.replace(address);
	}
	const fresh = document.importNode(required(find('[data-screen]', there), 'pay screen'), true);
	const same = was?.kind ? find<HTMLInputElement>(`[name="choix"][value="${was.kind}"]`, fresh) : null;
	if (same) same.checked = true;
	keeping(() => screen().replaceWith(fresh));
	for (const name of ['rereadIn', 'wake']) {
		const value = there.dataset[name];
		if (value === undefined) delete main.dataset[name];
		else main.dataset[name] = value;
	}
	tellChange(was);
	begin();
}

const buttons = (words: string): HTMLElement[] =>
	[...screen().querySelectorAll<HTMLElement>('button[type="button"]')].filter((one) => one.innerText.trim() === words);
let waking: Promise<void> | undefined;
/** The framework takes over; then the button that was meant is pressed, if it is still there with the same words: another price is another button. */
function wake(button: HTMLElement | null): void {
	waking ??= bringIsland(button).finally(() => (waking = undefined));
}
async function bringIsland(button: HTMLElement | null): Promise<void> {
	const was = askedNow();
	const words = button?.innerText.trim() ?? '';
	const at = button ? buttons(words).indexOf(button) : -1;
	const inside = [...(button?.childNodes ?? [])];
	if (button) {
		button.ariaDisabled = 'true';
		button.textContent = main.dataset.loading ?? '';
	}
	const restore = (): void => {
		button?.replaceChildren(...inside);
		button?.removeAttribute('aria-disabled');
	};
	try {
		const [{ openIsland }, page] = await bring(() =>
			Promise.all([import('./island.svelte.ts'), button ? viewNow() : untilAnswered(viewNow)])
		);
		if (!page) return location.reload();
		const search = new URLSearchParams(location.search);
		const kind = chosen()?.value;
		if (kind) search.set('choix', kind);
		const mountIsland = await openIsland(base, page, search);
		restore();
		tellThat('');
		keeping(() => (island = mountIsland(screen())));
	} catch {
		restore();
		return tellThat(main.dataset.unreachable ?? '');
	}
	tellChange(was);
	const meant = words ? buttons(words)[at] : undefined;
	meant?.focus({ preventScroll: true });
	meant?.click();
}

let timer: ReturnType<typeof setTimeout> | undefined;
/** Of what was just drawn. */
function begin(): void {
	clearTimeout(timer);
	const wait = Number(main.dataset.rereadIn);
	// When a price ends while the page is open, the page asks again at that moment.
	if (wait) timer = setTimeout(() => void (island ?? reread()), Math.min(wait + 250, 2_147_483_647));
	if (main.dataset.wake !== undefined && !island) wake(null);
}

const said = find('[data-said]', main);
const say = (kind: string): void => {
	const words = main.dataset[kind];
	if (!words || !said) return;
	said.textContent = words;
	said.dataset.said = kind;
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
	wake(button);
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
followNews({ url: `${base}/live`, since: main.dataset.since ?? '' }, say, follow);
registerServiceWorker();
begin();
document.documentElement.dataset.hydrated = '';
