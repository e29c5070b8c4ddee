// What every move has at hand: the stage, its own dice, and the doors of the product.
import { ask, type Answer, type Asking } from './ask.ts';
import type { Dice } from './dice.ts';
import type { Stage } from './stage.ts';
import type { Seller, World } from './world.ts';

export type Scene = { stage: Stage; world: World; dice: Dice; count: (what: string) => void };
export const webOf = ({ stage, dice }: Scene): string => dice.one(stage.webs);
export const fromOf = (dice: Dice): string => `127.0.${1 + dice.roll(50)}.${1 + dice.roll(200)}`;
export async function tell(scene: Scene, what: string, url: string, asking: Asking): Promise<Answer> {
	const answer = await ask(url, asking);
	scene.count(answer.status ? what : `${what}, no answer`);
	return answer;
}

/** Signs in as somebody of the demo; '' when nobody answers. */
export async function cookieOf(
	scene: Scene,
	kind: 'member' | 'contact',
	supplierId: string,
	id: string
): Promise<string> {
	const answer = await ask(`${webOf(scene)}/demo/entrer/${kind}.${supplierId}.${id}`, { headers: { cookie: 'any=1' } });
	return (answer.headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0]).join('; ');
}
export const asMember = (scene: Scene, { supplierId, memberId }: Seller): Promise<string> =>
	cookieOf(scene, 'member', supplierId, memberId);
export function post(
	scene: Scene,
	what: string,
	at: string,
	cookie: string,
	fields: [string, string][]
): Promise<Answer> {
	return tell(scene, what, `${webOf(scene)}${at}`, {
		method: 'POST',
		headers: {
			cookie,
			origin: scene.stage.origin,
			accept: 'application/json',
			'x-sveltekit-action': 'true',
			'content-type': 'application/x-www-form-urlencoded'
		},
		body: new URLSearchParams(fields).toString()
	});
}
