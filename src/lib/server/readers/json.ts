// Invoices as JSON, for POST /api/v1/invoices. Amounts are integers of minor units of the currency (ISO 4217) written as text; dates are YYYY-MM-DD.
// Documented in the OpenAPI.
import * as v from 'valibot';
import { parseCivilDate } from '../../domain/calendar/civil-date.ts';
import type { InvoiceDocument } from '../../domain/invoices/document.ts';
import { block, checkDocument, checkVatRates, type ReadResult } from '../../domain/invoices/findings.ts';
import { ibansIn, sirenFrom } from '../../domain/invoices/identifiers.ts';
import type { When } from './norm-values.ts';
import { accountKey } from './payee-accounts.ts';
import { mailboxOf } from '../../domain/mail/mailbox.ts';
import { minor, ZERO } from '../../domain/money/minor.ts';

const Amount = v.pipe(
	v.union([
		v.pipe(v.string(), v.regex(/^-?\d{1,15}$/, 'un entier en centimes, comme texte : "120000"')),
		v.pipe(v.number(), v.safeInteger())
	]),
	v.transform((value) => minor(BigInt(value)))
);
/** What `read` makes of a text; refused where it makes nothing. */
const Read = <T>(read: (text: string) => T | null, expected: string) =>
	v.pipe(
		v.string(),
		v.rawTransform<string, T>(({ dataset, addIssue, NEVER }) => {
			const value = read(dataset.value);
			if (value !== null) return value;
			addIssue({ message: expected });
			return NEVER;
		})
	);
const Day = Read(parseCivilDate, 'AAAA-MM-JJ, un jour du calendrier');
const Text = (max: number) => v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(max));
const Mailbox = Read(mailboxOf, 'une adresse e-mail, son domaine en ASCII');
const InvoiceJson = v.strictObject({
	number: Text(100),
	type_code: v.optional(v.pipe(v.string(), v.regex(/^\d{3}$/)), '380'),
	issued_on: Day,
	due_on: v.optional(v.nullable(Day), null),
	currency: v.optional(v.pipe(v.string(), v.regex(/^[A-Z]{3}$/)), 'EUR'),
	client: v.strictObject({
		name: Text(200),
		siren: v.optional(v.nullable(v.string()), null),
		vat_number: v.optional(v.nullable(v.string()), null),
		email: v.optional(v.nullable(Mailbox), null),
		kind: v.optional(v.nullable(v.picklist(['business', 'consumer'])), null)
	}),
	net_minor: Amount,
	vat_lines: v.pipe(
		v.array(
			v.strictObject({
				rate_bps: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_000)),
				base_minor: Amount,
				vat_minor: Amount,
				category: v.optional(v.string(), 'S')
			})
		),
		v.minLength(1),
		v.maxLength(20)
	),
	gross_minor: Amount,
	due_minor: v.optional(v.nullable(Amount), null),
	preceding_number: v.optional(v.nullable(Text(100)), null),
	preceding_issued_on: v.optional(v.nullable(Day), null),
	payment_reference: v.optional(v.nullable(v.string()), null),
	payee_iban: v.optional(v.nullable(Text(60)), null),
	delivered_on: v.optional(v.nullable(Day), null),
	freight_minor: v.optional(Amount, '0'),
	vat_on_receipts: v.optional(v.boolean(), false)
});
const Body = v.strictObject({ invoices: v.pipe(v.array(v.unknown()), v.minLength(1), v.maxLength(500)) });

export function readJson(bytes: Uint8Array, when: When): ReadResult[] {
	let body: unknown;
	try {
		const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
		body = JSON.parse(text);
	} catch (error) {
		// The engine says where, or shows the place: its own sentence is for nobody.
		const [, shown, line] =
			/"([^]{1,200})"(?:\.\.\.)? is not valid JSON|line (\d+)/.exec((error as Error).message) ?? [];
		const found = block('JSON_BROKEN', line ? `ligne ${line}` : 'body', shown?.trim() ?? '', '{"invoices": […]}');
		return [{ ok: false, findings: [found] }];
	}
	const outer = v.safeParse(Body, body);
	if (!outer.success)
		return [
			{
				ok: false,
				findings: outer.issues.map((issue) =>
					block('FIELD_INVALID', v.getDotPath(issue) ?? 'body', String(issue.received), '{"invoices": […]}')
				)
			}
		];
	return outer.output.invoices.map((one, i) => readOne(one, i, when));
}

/** Our own sentence, else what the schema asks for in its own signs: `string`, `>=1`. A library's sentences are for nobody. */
const expectedOf = ({ kind, type, message, expected }: v.BaseIssue<unknown>): string =>
	(kind === 'validation' && type === 'regex') || type === 'raw_transform' ? message : (expected ?? '');

function readOne(value: unknown, i: number, when: When): ReadResult {
	const read = v.safeParse(InvoiceJson, value);
	if (!read.success)
		return {
			ok: false,
			findings: read.issues.map((issue) =>
				block('FIELD_INVALID', `invoices.${i}.${v.getDotPath(issue) ?? ''}`, String(issue.received), expectedOf(issue))
			)
		};
	const o = read.output;
	const vatMinor = minor(o.vat_lines.reduce((sum, line) => sum + line.vat_minor, 0n));
	const dueMinor = o.due_minor ?? o.gross_minor;
	const document: InvoiceDocument = {
		number: o.number,
		typeCode: o.type_code,
		issuedOn: o.issued_on,
		dueOn: o.due_on,
		currency: o.currency,
		seller: { name: '', siren: null, vatNumber: null, email: null },
		buyer: {
			name: o.client.name,
			siren: sirenFrom(o.client.siren),
			vatNumber: o.client.vat_number,
			email: o.client.email,
			kind: o.client.kind
		},
		payee: null,
		netMinor: o.net_minor,
		vatMinor,
		grossMinor: o.gross_minor,
		prepaidMinor: minor(o.gross_minor - dueMinor),
		roundingMinor: ZERO,
		dueMinor,
		vatLines: o.vat_lines.map((line) => ({
			category: line.category,
			rateBps: line.rate_bps,
			baseMinor: line.base_minor,
			vatMinor: line.vat_minor
		})),
		paymentReference: o.payment_reference,
		payeeIban: o.payee_iban && accountKey(o.payee_iban),
		payeeAccounts: [...(o.payee_iban ? [accountKey(o.payee_iban)] : []), ...ibansIn(o.payment_reference ?? '')],
		meansCode: null,
		termsText: null,
		preceding: o.preceding_number ? { number: o.preceding_number, issuedOn: o.preceding_issued_on } : null,
		agreed: null,
		businessProcess: null,
		deliveredOn: o.delivered_on,
		freightMinor: o.freight_minor,
		vatOnReceipts: o.vat_on_receipts,
		profile: 'json'
	};
	const findings = [...checkDocument(document, when.today), ...checkVatRates(document)];
	return findings.some((finding) => finding.severity === 'block')
		? { ok: false, findings }
		: { ok: true, document, findings };
}
