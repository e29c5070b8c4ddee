// The states of an object as a table: what may follow each, and what it counts as. Sets of states are read from it, and the database refuses what it does not name
// (docs/decisions/0049). A table names each state of its type, and no other: anything else does not compile.

/** `next`: what may follow. Where there is none, it is over for good. `is`: what the state counts as. */
export type StateTable<State extends string, Mark extends string = never> = {
	readonly [From in State]: { readonly is?: readonly Mark[]; readonly next: readonly Exclude<State, From>[] };
};
/** Any of them, to be read. */
export type AnyTable<State extends string = string> = {
	readonly [From in State]: { readonly is?: readonly string[]; readonly next: readonly State[] };
};

export const namesOf = <State extends string>(table: AnyTable<State>): State[] => Object.keys(table) as State[];
/** May it be this now? It may always stay what it is. */
export const mayBecome = <State extends string>(table: AnyTable<State>, from: State, to: State): boolean =>
	from === to || table[from].next.includes(to);
/** Nothing follows. */
export const isFinal = <State extends string>(table: AnyTable<State>, state: State): boolean =>
	table[state].next.length === 0;
/** What it may have been before it became this. */
export const statesBefore = <State extends string>(table: AnyTable<State>, to: State): State[] =>
	namesOf(table).filter((from) => from !== to && mayBecome(table, from, to));
/** The states that count as this. */
export const statesThatAre = <State extends string, Mark extends string>(
	table: StateTable<State, Mark>,
	mark: Mark
): State[] => namesOf<State>(table).filter((state) => table[state].is?.includes(mark));
/** The same as a type, of a table that is written down `as const`: for what must not carry the table along, as the pay page. */
export type StateThatIs<Table, Mark extends string> = {
	[State in keyof Table]: Table[State] extends { readonly is: readonly (infer Marks)[] }
		? Mark extends Marks
			? State
			: never
		: never;
}[keyof Table];
