// A page that was open while a new version was deployed: its lazy parts are not served any more, and what the new server says is made for new pages.
import { isOld } from './reread.ts';
import { hasUnsaved } from './unsaved.ts';

let keep: Record<string, string> = {};
/** What the person chose, in words of the address: the new page begins with it. */
export const keepOnRenewal = (chosen: Record<string, string>): void => void (keep = chosen);

/** `true`: the page is being replaced by its new version, at the same address. */
async function renew(): Promise<boolean> {
	if (!(await isOld())) return false;
	const address = new URL(location.href);
	for (const [name, value] of Object.entries(keep)) address.searchParams.set(name, value);
	location.replace(address);
	return true;
}
/** Where nobody has typed anything. */
export const renewWhenFree = async (): Promise<boolean> => !hasUnsaved() && renew();

/** A lazy part. One that is gone because the page is old renews it: the promise then never settles, the page is on its way out. */
export async function bring<T>(load: () => Promise<T>): Promise<T> {
	try {
		return await load();
	} catch (error) {
		if (await renew()) return new Promise(() => {});
		throw error;
	}
}
