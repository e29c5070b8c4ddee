// What people and banks do, and how often.
import { payBy, paySeveral } from './payers.ts';
import { adjust, payWithPoints, redeem } from './points-moves.ts';
import { webOf, type Scene } from './scene.ts';
import {
	changeAccount,
	creditNote,
	methodChanges,
	plans,
	refund,
	refundElsewhere,
	takenBack,
	transfer
} from './suppliers.ts';
import { moneyMoves } from './treasury.ts';
import { addBills } from './world.ts';

export const MOVES: readonly (readonly [weight: number, run: (scene: Scene) => Promise<unknown>])[] = [
	[22, (scene) => payBy(scene, scene.dice.one(scene.world.bills), { kinds: ['now', 'all_parts'] })],
	[12, (scene) => payBy(scene, scene.dice.one(scene.world.bills), { kinds: ['early'] })],
	[16, (scene) => payBy(scene, scene.dice.one(scene.world.bills), { kinds: ['plan_2', 'plan_3', 'next_part'] })],
	[8, (scene) => payBy(scene, scene.dice.one(scene.world.bills), { kinds: ['early', 'plan_3', 'now'], times: 5 })],
	// Two people at once, each with a try of their own.
	[
		8,
		({ dice, ...scene }) => {
			const bill = dice.one(scene.world.bills);
			return Promise.all(
				[1, 2].map(() => payBy({ ...scene, dice }, bill, { kinds: [dice.one(['now', 'early', 'plan_2'])] }))
			);
		}
	],
	[6, paySeveral],
	[9, (scene) => transfer(scene, scene.dice.one(scene.world.bills))],
	// A card and a transfer for the same invoice.
	[
		6,
		(scene) => {
			const bill = scene.dice.one(scene.world.bills);
			return Promise.all([payBy(scene, bill, { kinds: ['now'] }), transfer(scene, bill)]);
		}
	],
	[14, refund],
	[4, refundElsewhere],
	[9, takenBack],
	[2, changeAccount],
	[2, methodChanges],
	[5, plans],
	[6, (scene) => creditNote(scene, scene.dice.one(scene.world.bills))],
	[6, moneyMoves],
	[5, adjust],
	[6, redeem],
	[8, (scene) => payWithPoints(scene, scene.dice.one(scene.world.bills))],
	[
		9,
		(scene) =>
			addBills(scene.world, () => webOf(scene), scene.dice, scene.dice.one(scene.world.sellers), 1 + scene.dice.roll(4))
	]
];
