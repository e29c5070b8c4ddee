// A sentence for the person at the terminal; no stack.
export class StartProblem extends Error {}
