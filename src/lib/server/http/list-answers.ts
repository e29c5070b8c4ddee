// What a person said of each list, from a form: `liste.0.cle`, its columns in order, its dates, the name of its source.
import type { ListAnswers } from '../store/schema/index.ts';

export function listAnswersOf(form: FormData): ListAnswers {
	const answers: ListAnswers = {};
	for (let n = 0; form.has(`liste.${n}.cle`); n += 1) {
		const headers = form.getAll(`liste.${n}.entete`).map(String);
		const chosen = form.getAll(`liste.${n}.colonne`).map(String);
		const dates = form.get(`liste.${n}.dates`);
		answers[String(form.get(`liste.${n}.cle`))] = {
			name: String(form.get(`liste.${n}.nom`) ?? '').slice(0, 60),
			columns: Object.fromEntries(headers.map((header, i) => [header, chosen[i] ?? ''])),
			dateOrder: dates === 'dmy' || dates === 'mdy' ? dates : null
		};
	}
	return answers;
}
