// Demo routes exist only beside the sandbox: with real keys they are unknown pages.
import { error } from '@sveltejs/kit';
import type { MovableClock } from '../clock.ts';
import { sandboxGateway, type SandboxGateway } from '../gateways/sandbox/client.ts';
import type { Services } from '../services.ts';
import { house, type House } from '../wiring.ts';

export async function requireDemo(): Promise<{
	services: Services;
	sessions: House['sessions'];
	clock: MovableClock;
	sandbox: SandboxGateway;
}> {
	const { services, sessions, demoClock } = await house();
	const sandbox = sandboxGateway(services.config);
	if (!sandbox || !demoClock) error(404, 'Not found');
	return { services, sessions, clock: demoClock, sandbox };
}

/** What a script needs of a mail: its links and its code, found in the text part as a person would. */
export const mailFacts = (text: string): { links: string[]; code: string | null } => ({
	links: text.match(/https?:\/\/\S+/g) ?? [],
	code: /^(\d{3}) (\d{3})$/m.exec(text)?.slice(1).join('') ?? null
});
