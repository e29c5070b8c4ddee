// The levers of LoyaltyLion's stand-in, under /_sandbox: enrol a customer, set a rule, cause a fault. Nothing of it exists at LoyaltyLion.
import { failure, type Answer } from './api.ts';
import { FAULT_NAMES, type Fault, type LoyaltyWorld, type Rule } from './world.ts';

const ok = (body: unknown): Answer => ({ status: 200, body });
const isFaultName = (name: unknown): name is string =>
	typeof name === 'string' && ((FAULT_NAMES as readonly string[]).includes(name) || /^status:\d{3}$/.test(name));

export function control(world: LoyaltyWorld, method: string, url: URL, body: string): Answer {
	const input = (body ? JSON.parse(body) : {}) as Record<string, unknown>;
	switch (`${method} ${url.pathname.replace('/_sandbox', '')}`) {
		case 'GET /state':
			return ok({
				siteId: world.siteId,
				customers: [...world.customers.values()],
				rules: world.rules,
				activities: world.activities,
				faults: world.faults,
				log: world.log
			});
		case 'POST /customers':
			return ok(world.enrol(String(input.merchant_id)));
		case 'POST /claims':
			return ok(world.claim(String(input.merchant_id), String(input.title), Number(input.points ?? 0)));
		case 'POST /rules':
			world.rules = input.rules as Rule[];
			world.save();
			return ok(world.rules);
		case 'POST /keys':
			if (Array.isArray(input.scopes)) world.scopes = input.scopes as string[];
			if (Array.isArray(input.disabled)) world.disabledKeys = input.disabled as string[];
			return ok({});
		case 'POST /replay':
			world.replay = input.answer === 'refuse' ? 'refuse' : 'same';
			return ok({});
		case 'POST /faults':
			if (!isFaultName(input.name))
				return failure(400, `no such fault; there are ${FAULT_NAMES.join(', ')}, status:<code>`);
			world.faults.push({ ...(input as unknown as Fault), seen: 0 });
			return ok(world.faults);
		case 'DELETE /faults':
			world.faults = [];
			return ok({});
		case 'POST /reset':
			world.reset();
			return ok({});
		default:
			return failure(404, `no such lever: ${method} ${url.pathname}`);
	}
}
