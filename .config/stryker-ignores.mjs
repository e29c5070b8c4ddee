// What mutation testing leaves alone: the name that required() gives to what is missing. The log alone reads it.
const isNameOfTheMissing = (path) =>
	path.isStringLiteral() && path.parentPath.isCallExpression() && path.parentPath.node.callee.name === 'required';

export const strykerPlugins = [
	{
		kind: 'Ignore',
		name: 'names-of-the-missing',
		value: { shouldIgnore: (path) => (isNameOfTheMissing(path) ? 'the log alone reads it' : undefined) }
	}
];
