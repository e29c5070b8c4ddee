// One import: how far it is, what will become of each invoice, and a person's word on it.
import { error } from '@sveltejs/kit';
import { readClientKind } from '#lib/contract/client-kinds.ts';
import { searchFrom } from '#lib/contract/lists.ts';
import { isUuid } from '#lib/contract/payments.ts';
import type { Scope } from '#lib/domain/access/scope.ts';
import { refuseOrConfirm } from '#lib/server/http/confirm-first.ts';
import { follows } from '#lib/server/http/follows.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { listAnswersOf } from '#lib/server/http/list-answers.ts';
import type { Services } from '#lib/server/services.ts';
import {
	acceptAddress,
	answerLists,
	chooseClientOf,
	chooseKindOf,
	confirmImport,
	dropImport,
	replaceKnown,
	undoImport
} from '#lib/server/use-cases/imports/decide-import.ts';
import { CLIENTS_A_PAGE, readClientChoices, readImport } from '#lib/server/use-cases/imports/read-import.ts';
import { refuse, type Result } from '#lib/server/use-cases/run.ts';
import { house } from '#lib/server/wiring.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

const OUTCOMES = ['new', 'review', 'identical', 'conflict', 'refused'] as const;

export const load: PageServerLoad = async (event) => {
	follows(event, 'imports', 'clients'); // who a buyer may be, and what may still be taken back, are things of clients
	const [scope, { services }] = [requireMember(event), await house()];
	const outcome = OUTCOMES.find((one) => one === event.url.searchParams.get('voir'));
	const clientPage = Math.max(1, Math.min(1_000_000, Math.floor(Number(event.url.searchParams.get('clients'))) || 1));
	const after = event.url.searchParams.get('apres');
	const result = isUuid(event.params.id)
		? await readImport(services, scope, event.params.id, { outcome, after, clientPage })
		: refuse('not_found');
	if (!result.ok) error(404, 'Not found');
	return {
		view: result.value,
		clientsPerPage: CLIENTS_A_PAGE,
		outcome: outcome ?? null,
		clients:
			result.value.state === 'ready'
				? await readClientChoices(services, scope, {
						search: searchFrom(event.url.searchParams, 'client'),
						lines: result.value.lines
					})
				: null
	};
};

type Act = (services: Services, scope: Scope, importId: string, form: FormData) => Promise<Result<null>>;
/** From a form of this page to what is done with the import. */
const action = (act: Act) => async (event: RequestEvent) => {
	const scope = requireMember(event);
	if (!isUuid(event.params.id)) error(404, 'Not found');
	const form = await event.request.formData();
	const result = await act((await house()).services, scope, event.params.id, form);
	return result.ok ? { settled: true } : refuseOrConfirm(event, result.refusal, 'import', form);
};
const text = (form: FormData, name: string): string => String(form.get(name) ?? '');

export const actions: Actions = {
	relire: action((services, scope, importId, form) => answerLists(services, scope, importId, listAnswersOf(form))),
	client: action((services, scope, importId, form) => {
		const clientId = text(form, 'client');
		const choice = { buyerKey: text(form, 'acheteur'), clientId: clientId || null };
		return clientId && !isUuid(clientId)
			? Promise.resolve(refuse('not_found'))
			: chooseClientOf(services, scope, importId, choice);
	}),
	nature: action((services, scope, importId, form) => {
		const kind = readClientKind(form.get('nature'));
		return kind
			? chooseKindOf(services, scope, importId, { buyerKey: text(form, 'acheteur'), kind })
			: Promise.resolve(refuse('input_invalid', { field: 'nature' }));
	}),
	adresse: action((services, scope, importId, form) =>
		acceptAddress(services, scope, importId, {
			buyerKey: text(form, 'acheteur'),
			rights: { isBilling: true, mayPay: true, hasPortal: text(form, 'droits') === 'espace' }
		})
	),
	remplacer: action((services, scope, importId, form) => {
		const [filePosition = NaN, position = NaN] = text(form, 'ligne').split('.').map(Number);
		return Number.isSafeInteger(filePosition) && Number.isSafeInteger(position)
			? replaceKnown(services, scope, importId, { filePosition, position, replaces: form.get('oui') === 'oui' })
			: Promise.resolve(refuse('not_found'));
	}),
	confirmer: action((services, scope, importId, form) =>
		confirmImport(services, scope, importId, {
			sendsMails: form.get('envoyer') === 'oui',
			acceptsReview: form.get('verifiees') === 'oui'
		})
	),
	abandonner: action(dropImport),
	annuler: action(undoImport)
};
