// Moves the demo's time, day by day, and does what each day brings: the bank answers, mails leave, totals are compared.
import { mintScope } from '../../../domain/access/scope.ts';
import type { MovableClock } from '../../clock.ts';
import { moveDemoClock } from '../../demo-clock.ts';
import type { SandboxGateway } from '../../gateways/sandbox/client.ts';
import { drainOnce } from '../../jobs/worker.ts';
import type { Services } from '../../services.ts';
import { hasFreshWork } from '../../store/due-work.ts';
import { isSending } from '../../store/mails.ts';
import { recordFact } from '../../store/outbox.ts';
import { isCharging } from '../../store/plan-charges.ts';
import { listSuppliers } from '../../store/suppliers.ts';
import { isEventDue } from '../../store/stripe-events.ts';
import { commit } from '../run.ts';

const DAY_MS = 86_400_000;
const ADVANCE_MAX_MS = 400 * DAY_MS;

/** ISO 8601 durations of whole days, hours or minutes: P1D, P7D, PT6H, PT30M. null when it is none of these or goes too far. */
export function parseAdvance(text: string): number | null {
	const match = /^P(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?)?$/.exec(text);
	if (!match) return null;
	const ms = Number(match[1] ?? 0) * DAY_MS + Number(match[2] ?? 0) * 3_600_000 + Number(match[3] ?? 0) * 60_000;
	return ms > 0 && ms <= ADVANCE_MAX_MS ? ms : null;
}

const HANDS_FREE_MS = 10_000;
/** The worker beside us may be in the middle of a charge, of a mail, of what Stripe has told or of points: the day does not change under its hands, or what it holds would be taken by another. */
async function handsFree({ db, clock }: Services): Promise<void> {
	const until = performance.now() + HANDS_FREE_MS;
	const isBusy = async () =>
		(await isCharging(db)) ||
		(await isSending(db, clock.now())) ||
		(await isEventDue(db, clock.now())) ||
		(await hasFreshWork(db, clock.now()));
	while (performance.now() < until && (await isBusy())) await new Promise((done) => setTimeout(done, 50));
}

export async function advanceClock(
	services: Services,
	clock: MovableClock,
	sandbox: SandboxGateway,
	byMs: number
): Promise<void> {
	for (let left = byMs; left > 0;) {
		const step = Math.min(left, DAY_MS);
		left -= step;
		await handsFree(services);
		await moveDemoClock(services.db, clock, step);
		await sandbox.moveClock(clock.offsetMs());
		await drainOnce(services);
	}
	await handsFree(services);
	// Open pages look again: a price may have ended on the way.
	for (const { supplierId } of await listSuppliers(services.db)) {
		const scope = mintScope(supplierId, { kind: 'system' });
		await commit(services, scope, (tx) =>
			recordFact(tx, scope, services.clock.now(), {
				kind: 'time.moved',
				clientId: null,
				invoiceId: null,
				attemptId: null
			})
		);
	}
}
