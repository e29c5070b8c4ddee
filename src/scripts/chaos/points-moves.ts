// What is done with points: adjusted and spent on rewards by the supplier's software, twice at once at times, and used on an invoice by a client.
import { jsonOf, pause } from './ask.ts';
import { optionsOf, tokenFor } from './payers.ts';
import { CREDIT } from './points.ts';
import { cookieOf, fromOf, tell, webOf, type Scene } from './scene.ts';
import type { Bill, Seller } from './world.ts';

const withPoints = ({ world }: Scene): Seller[] => world.sellers.filter(({ rewards }) => rewards.length);
/** The same words with the same key: at once over both webs, or again when nobody answered. */
async function moveByKey(scene: Scene, what: string, seller: Seller, path: string, body: object): Promise<void> {
	const { dice, stage } = scene;
	const key = dice.uuid();
	const send = (web: string) =>
		tell(scene, what, `${web}/api/v1/clients/${path}`, {
			method: 'POST',
			headers: { authorization: `Bearer ${seller.apiKey}`, 'content-type': 'application/json', 'idempotency-key': key },
			body: JSON.stringify(body)
		});
	const answers = dice.chance(30) ? await Promise.all(stage.webs.map(send)) : [await send(webOf(scene))];
	for (let again = 0; again < 2 && answers.every(({ status }) => status === 0 || status >= 500); again++) {
		await pause(400);
		answers.push(await send(webOf(scene)));
	}
}

export async function adjust(scene: Scene): Promise<void> {
	const { dice } = scene;
	const seller = dice.one(withPoints(scene));
	const { clientId } = dice.one(seller.clients);
	const points = dice.chance(70) ? 1 + dice.roll(200) : -1 - dice.roll(100);
	await moveByKey(scene, 'adjust points', seller, `${clientId}/points/adjustments`, { points, reason: 'chaos' });
}
export async function redeem(scene: Scene): Promise<void> {
	const { dice } = scene;
	const seller = dice.one(withPoints(scene));
	const { clientId } = dice.one(seller.clients);
	const take = () =>
		moveByKey(scene, 'take a reward', seller, `${clientId}/points/redemptions`, {
			reward_id: dice.one(seller.rewards)
		});
	// Two people at once, for the same points.
	await (dice.chance(40) ? Promise.all([take(), take()]) : take());
}

/** One invoice from the client's area, less what some points are worth; at times the same points in two tabs. */
export async function payWithPoints(scene: Scene, bill: Bill): Promise<void> {
	const { dice, stage } = scene;
	const { seller, client } = bill;
	if (!seller.rewards.length) return;
	const now = (await optionsOf(scene, bill)).find(({ kind }) => kind === 'now');
	if (!now) return;
	const steps = 1 + dice.roll(2);
	const amount = Number(now.due_now_minor) - steps * CREDIT.valueMinor;
	if (amount < 100) return;
	const cookie = await cookieOf(scene, 'contact', seller.supplierId, client.contactId);
	const send = async (expected: number, attemptId: string) =>
		tell(scene, 'pay with points', `${webOf(scene)}/portail/paiement`, {
			method: 'POST',
			from: fromOf(dice),
			headers: { cookie, origin: stage.origin, 'content-type': 'application/json' },
			body: JSON.stringify({
				attemptId,
				confirmationTokenId: await tokenFor(
					scene,
					seller,
					dice.one(['pm_card_visa', 'pm_card_createDispute', 'pm_success_fr', 'pm_failed_fr', 'pm_disputed_fr'])
				),
				invoiceIds: [bill.invoiceId],
				option: 'now',
				usePoints: steps * CREDIT.points,
				expectedAmountMinor: String(expected)
			})
		});
	const one = async () => {
		const answer = await send(amount, dice.uuid());
		if (answer.status === 409 && jsonOf<{ error?: { code?: string } }>(answer)?.error?.code)
			scene.count(`points: ${jsonOf<{ error: { code: string } }>(answer)?.error.code}`);
	};
	await (dice.chance(35) ? Promise.all([one(), one()]) : one());
}
