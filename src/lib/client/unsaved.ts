// Whether somebody has typed something on this page that is not sent yet: then nothing may take the page away.
const touched = new Set<Element>();
let isWatching = false;

/** From now on, until the page goes. A form that was taken is reset, and forgotten. */
export function watchTyping(): void {
	if (isWatching) return;
	isWatching = true;
	document.addEventListener('input', ({ target }) => void (target instanceof Element && touched.add(target)), true);
	document.addEventListener(
		'reset',
		({ target }) => {
			for (const field of touched) if (target instanceof Element && target.contains(field)) touched.delete(field);
		},
		true
	);
}
/** `data-unsaved`: a form of somebody else's, whose fields we can't see. */
export function hasUnsaved(): boolean {
	for (const field of touched) if (!field.isConnected) touched.delete(field);
	return touched.size > 0 || document.querySelector('[data-unsaved]') !== null;
}
