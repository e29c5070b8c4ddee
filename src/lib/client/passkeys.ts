// Asking this device for a passkey. The only file that knows @simplewebauthn/browser; it is fetched before the click, for Safari ties its prompt to it
// and forgets the click while something is waited for.
import type {
	PublicKeyCredentialCreationOptionsJSON,
	PublicKeyCredentialRequestOptionsJSON
} from '@simplewebauthn/browser';

/** Challenges live five minutes. */
const FRESH_MS = 4 * 60_000;
export const canUsePasskeys = (): boolean =>
	typeof window !== 'undefined' && typeof window.PublicKeyCredential === 'function';

type Options = PublicKeyCredentialCreationOptionsJSON | PublicKeyCredentialRequestOptionsJSON;
/** `given`: the device answered and the server agreed. `left`: the person closed the prompt, which is no mistake. */
export type Outcome<T> = { kind: 'given'; value: T } | { kind: 'left' } | { kind: 'known' } | Refused;
type Refused = { kind: 'refused'; code: string; message: string };

/** Options of `url`, fetched now and again before they end; `ask` uses the latest at once. */
export function prepare(url: string, onready: (isReady: boolean) => void) {
	let options: Options | null = null;
	let library: typeof import('@simplewebauthn/browser') | undefined;
	let refused: Refused | null = null;
	const load = async () => {
		const answer = await fetch(url, { headers: { accept: 'application/json' } }).catch(() => null);
		const body = (await answer?.json().catch(() => null)) as {
			options?: Options | null;
			error?: { code: string; message: string };
		} | null;
		refused = body?.error ? { kind: 'refused', ...body.error } : null;
		options = body?.options ?? null;
		library ??= await import('@simplewebauthn/browser').catch(() => undefined);
		onready(options !== null && library !== undefined);
	};
	void load();
	const timer = setInterval(() => void load(), FRESH_MS);

	async function ask<T>(extra: Record<string, string>): Promise<Outcome<T>> {
		if (!options || !library) return refused ?? { kind: 'left' };
		let response;
		try {
			response =
				'rp' in options
					? await library.startRegistration({ optionsJSON: options })
					: await library.startAuthentication({ optionsJSON: options as PublicKeyCredentialRequestOptionsJSON });
		} catch (problem) {
			const name = problem instanceof Error ? problem.name : '';
			if (name === 'InvalidStateError') return { kind: 'known' };
			return { kind: 'left' };
		}
		const answer = await fetch(url, {
			method: 'POST',
			headers: { 'content-type': 'application/json', accept: 'application/json' },
			body: JSON.stringify({ ...extra, response })
		}).catch(() => null);
		// A challenge serves once: the next try gets another.
		void load();
		const body = (await answer?.json().catch(() => null)) as (T & { error?: { code: string; message: string } }) | null;
		if (!answer?.ok || !body) return { kind: 'refused', code: '', message: '', ...body?.error };
		return { kind: 'given', value: body };
	}
	return { ask, stop: () => clearInterval(timer) };
}
