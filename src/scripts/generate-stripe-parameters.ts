// Lists every parameter that the installed stripe package knows for the calls the sandbox answers, so that the sandbox
// refuses an unknown parameter exactly as the API does. Run after an upgrade of stripe; a test fails when the file is stale.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { required } from '#lib/domain/required.ts';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const TYPES = [
	'PaymentIntentCreateParams',
	'PaymentIntentUpdateParams',
	'PaymentIntentConfirmParams',
	'PaymentIntentCancelParams',
	'PaymentIntentRetrieveParams',
	'PaymentIntentListParams',
	'SetupIntentCreateParams',
	'SetupIntentUpdateParams',
	'SetupIntentConfirmParams',
	'SetupIntentCancelParams',
	'SetupIntentRetrieveParams',
	'SetupIntentListParams',
	'CustomerCreateParams',
	'CustomerUpdateParams',
	'CustomerRetrieveParams',
	'CustomerListParams',
	'PaymentMethodCreateParams',
	'PaymentMethodUpdateParams',
	'PaymentMethodAttachParams',
	'PaymentMethodDetachParams',
	'PaymentMethodRetrieveParams',
	'PaymentMethodListParams',
	'RefundCreateParams',
	'RefundUpdateParams',
	'RefundRetrieveParams',
	'RefundListParams',
	'ChargeRetrieveParams',
	'ChargeListParams',
	'DisputeRetrieveParams',
	'DisputeListParams',
	'DisputeUpdateParams',
	'DisputeCloseParams',
	'MandateRetrieveParams',
	'BalanceTransactionRetrieveParams',
	'BalanceTransactionListParams',
	'EventListParams',
	'EventRetrieveParams',
	'WebhookEndpointCreateParams',
	'WebhookEndpointUpdateParams',
	'WebhookEndpointListParams',
	'ConfirmationTokenRetrieveParams',
	'CustomerSessionCreateParams',
	'BalanceRetrieveParams',
	'PayoutCreateParams',
	'PayoutRetrieveParams',
	'PayoutListParams',
	'PayoutCancelParams',
	'AccountRetrieveParams'
] as const;

export type ParameterTree = { [name: string]: ParameterTree | true };

export function generate(): Record<string, ParameterTree> {
	const file = path.join(root, 'src/stripe-parameters.virtual.ts');
	const source = `import type Stripe from 'stripe';\nexport interface All {\n${TYPES.map((name) => `${name}: Stripe.${name};`).join('\n')}\n}`;
	const options: ts.CompilerOptions = {
		module: ts.ModuleKind.ESNext,
		moduleResolution: ts.ModuleResolutionKind.Bundler,
		target: ts.ScriptTarget.ESNext,
		strict: true,
		skipLibCheck: true,
		noEmit: true,
		types: ['node']
	};
	const host = ts.createCompilerHost(options);
	const read = host.getSourceFile.bind(host);
	host.getSourceFile = (name, ...rest) =>
		name === file ? ts.createSourceFile(name, source, ts.ScriptTarget.ESNext) : read(name, ...rest);
	const exists = host.fileExists.bind(host);
	host.fileExists = (name) => name === file || exists(name);
	const program = ts.createProgram([file], options, host);
	const checker = program.getTypeChecker();
	const declaration = required(program.getSourceFile(file)?.statements.find(ts.isInterfaceDeclaration), 'interface');
	const treeOf = (type: ts.Type, depth: number): ParameterTree | true => {
		if (depth === 0) return true;
		const parts = (type.isUnion() ? type.types : [type]).filter((part) => part.flags & ts.TypeFlags.Object);
		const tree: ParameterTree = {};
		for (const part of parts) {
			if (checker.isArrayType(part)) return true;
			if (checker.getIndexInfosOfType(part).length) return true;
			for (const property of checker.getPropertiesOfType(part))
				tree[property.name] = treeOf(checker.getTypeOfSymbol(property), depth - 1);
		}
		return parts.length && Object.keys(tree).length ? tree : true;
	};
	const all = checker.getTypeAtLocation(declaration);
	return Object.fromEntries(
		checker
			.getPropertiesOfType(all)
			.map((property) => [property.name, treeOf(checker.getTypeOfSymbol(property), 4) as ParameterTree])
	);
}

if (import.meta.main) {
	const out = path.join(root, 'src/sandbox/stripe/parameters.generated.json');
	writeFileSync(out, `${JSON.stringify(generate())}\n`);
	console.info(`Wrote ${path.relative(root, out)}`);
}
