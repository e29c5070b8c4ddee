// The demo's levers on the outside world: clock, faults, mailbox. Exists only when the configuration names a sandbox.
import type { Config } from '../../config.ts';

export type SandboxMail = {
	id: string;
	at: string;
	to: string[];
	from: string;
	subject: string;
	html: string;
	text: string;
	attachments: { name: string; type: string; size: number }[];
};
export type SandboxFaults = {
	faults: { name?: string }[];
	forced: { card?: string | null; sepa?: string | null; saved?: string | null; wallets?: string | null };
	webhooks: Record<string, unknown>;
};
export type SandboxGateway = {
	moveClock(offsetMs: number): Promise<void>;
	faults(): Promise<SandboxFaults>;
	setFaults(body: Record<string, unknown>): Promise<void>;
	clearFault(name: string): Promise<void>;
	clearAll(): Promise<void>;
	mails(to: string | null): Promise<SandboxMail[]>;
};

export function sandboxGateway({ sandbox }: Pick<Config, 'sandbox'>): SandboxGateway | null {
	if (!sandbox) return null;
	const ask = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
		const response = await fetch(`${sandbox.apiUrl}/_sandbox${path}`, {
			method,
			...(body === undefined ? {} : { body: JSON.stringify(body) })
		});
		if (!response.ok) throw new Error(`sandbox answered ${response.status} to ${path}`);
		return (await response.json()) as T;
	};
	return {
		moveClock: (offsetMs) => ask('POST', '/clock', { offsetMs }),
		faults: () => ask('GET', '/faults'),
		setFaults: (body) => ask('POST', '/faults', body),
		clearFault: (name) => ask('DELETE', `/faults?name=${encodeURIComponent(name)}`),
		clearAll: () => ask('DELETE', '/faults'),
		mails: async (to) =>
			(await (
				await fetch(`${sandbox.mailboxUrl}/mails${to ? `?to=${encodeURIComponent(to)}` : ''}`)
			).json()) as SandboxMail[]
	};
}
