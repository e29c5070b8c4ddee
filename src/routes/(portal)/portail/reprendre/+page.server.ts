// What was sent after the session had ended waits here, to be sent again or dropped.
import { requireContact } from '#lib/server/http/guards.ts';
import { dropKeptForm, readKeptForms } from '#lib/server/http/kept-forms.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	requireContact(event);
	return { kept: await readKeptForms(event, event.locals.subject) };
};

export const actions: Actions = {
	oublier: async (event) => {
		requireContact(event);
		return dropKeptForm(event);
	}
};
