// Nothing is cut in silence: every bound of a query is named here with what keeps it honest, so that the next one can't be added unseen.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/**
 * `page`: a next page follows. `stream`: asked again and again until the end. `said`: the number left out stands beside it. `queue`: the next turn takes the
 * rest, and none stays in front for ever. `enough`: one more than anybody may have, or than the answer needs. `short`: a glance at the latest, with the
 * whole elsewhere or not needed. A few words say where.
 */
const BOUNDS: Record<string, string> = {
	'access.ts listSessionsOf': 'short: latest sessions of one person; signing out everywhere ends all',
	'access.ts listPayLinks': 'page: /admin/liens; of one invoice, the latest 200',
	'access.ts listApiKeys': 'enough: 20 live keys at most, and they come first',
	'attempts.ts listAttemptsOfInvoice': 'said: older_left_out',
	'bank.ts listBankTransactions': 'page: /admin/banque',
	'client-groups.ts listGroups': 'enough: 200 groups (docs/limits.md)',
	'credit-uses.ts listCreditsToUse': 'stream: read to the end each time; what has to wait is passed over',
	'credit-uses.ts listCreditsOfInvoice': 'short: 50 credit notes of one invoice (docs/limits.md)',
	'discounts.ts discountListing': 'short: latest discounts beside their whole sum; of one invoice, all there can be',
	'due-work.ts claimDueWork': 'queue: what is claimed is due no more until its lease ends',
	'import-lines.ts listToSave': 'queue: what is kept is no longer to keep',
	'import-lines.ts listLines': 'page: the import’s page; stream: report and API, by cursor',
	'import-mappings.ts listMappings': 'enough: 200 kinds of list (docs/limits.md)',
	'imports.ts listImports': 'page: /admin/import',
	'imports.ts listFiles': 'said: import_files_more; whole in the report',
	'imports.ts listLists': 'enough: lists of one import that ask for their columns',
	'imports.ts listUnreadFiles': 'queue: what is read is no longer unread',
	'invoices.ts listInvoices': 'short: first ones of the dashboard beside their number; samples of an offer',
	'invoice-pages.ts listInvoicesBehind': 'page: /admin/factures, the portal and a client’s page',
	'invoices.ts listOpenInvoices':
		'enough: of the clients of a movement 5,000; suggestions only, any other is found by its number',
	'journal.ts listEntries': 'page: /admin/journal; the file is pinned and whole',
	'kept-forms.ts listKeptForms': 'enough: five are kept',
	'loyalty-members.ts listNotEnrolled': 'said: how many more stands beside the first ten',
	'loyalty-members.ts listMembersToRead': 'queue: what was read has a later turn',
	'loyalty-outbox.ts listLoyaltyRows': 'page: /admin/reglages/loyaltylion',
	'mails.ts listMails': 'said: older_left_out on an invoice',
	'method-setups.ts listWaitingSetups': 'enough: what one payer left at its bank',
	'offers.ts livePolicies': 'enough: policies live at once for one client (docs/limits.md)',
	'offers.ts listPolicies': 'short: latest 500 versions (docs/limits.md)',
	'offers.ts listPaidInvoices': 'said: how many invoices the trial looked at',
	'outcomes.ts listUnchecked': 'stream: read to the end each time; what is not over is passed over',
	'move-documents.ts listPlaced': 'stream: read to the end, behind the last one',
	'open-items.ts listOpenDifferences': 'enough: the first hundred; there are none unless something is broken',
	'outbox.ts readNews': 'stream: read from the cursor until nothing is left',
	'page-reports.ts listPageReports': 'enough: no more kinds are kept',
	'contacts.ts findSubjects': 'said: the number left out stands in the mail',
	'contacts.ts listContacts': 'enough: 100 people of one client (docs/limits.md)',
	'members.ts listMembers': 'enough: 100 people of one supplier (docs/limits.md)',
	'members.ts lockMembers': 'enough: 100 people of one supplier (docs/limits.md)',
	'members.ts listTeams': 'short: the operator’s list of 5,000 people (docs/limits.md)',
	'clients.ts listClients': 'page: /admin/clients; said: where one is chosen',
	'contacts.ts listMailProblems': 'said: mail_problem_more; each stands on its client too',
	'passkeys.ts listPasskeys': 'enough: ten may be kept',
	'payments.ts paymentListing': 'page: /admin/paiements, receipts, a client’s page; of one invoice the latest 200',
	'points-beats.ts listLastBeats': 'enough: as many as a series has',
	'points-due.ts listDueClients': 'stream: read to the end each time, behind the last one',
	'points-due.ts listOverProgrammes': 'queue: what is ended is over no more',
	'points-due.ts listToTell': 'queue: what is told is to tell no more',
	'points-due.ts listHolders': 'stream: read to the end, behind the last one',
	'plan-days.ts listEndingCards': 'stream: read to the end each time; who has no mailbox is passed over',
	'plan-days.ts listToAnnounce': 'queue: what is announced is to announce no more',
	'plan-days.ts listPlansMovedAway': 'stream: read to the end each time; who has no mailbox is passed over',
	'plan-days.ts listCureOver': 'queue: what is ended is broken no more',
	'plans.ts listPlans': 'page: /admin/echeanciers; whole where no limit is given',
	'points-figures.ts listClientFigures': 'said: whole in the CSV, which is a stream',
	'points-past.ts streamPastActs': 'stream: read to the end, behind the last one',
	'points-redemptions.ts listAskedRewards': 'queue: what is given or canceled is asked no more',
	'audits.ts listAuditsOf': 'said: the twenty latest stops of a client, and the title says so',
	'points-programme.ts listProgrammes': 'short: latest 200 versions (docs/limits.md)',
	'points-reading.ts listClientsThatAccepted': 'stream: read to the end each time',
	'points-reading.ts listClientsWithPoints': 'stream: read to the end each time',
	'points-history.ts listHistory': 'page: /portail/points; stream: its file',
	'points-history.ts listBeats': 'short: the last invoices, as a strip',
	'points-reading.ts listTaken': 'short: the latest rewards; each stands in the history',
	'points-reading.ts listTierOffers': 'enough: offers for tiers, of which there are six',
	'refund-requests.ts listFailedRefunds': 'said: refund_failed_more, of sixty days',
	'declared-refunds.ts listUncheckedRefunds': 'stream: read to the end each time; what is not over is passed over',
	'saved-methods.ts listIdleMethods': 'queue: what is removed is idle no more',
	'saved-methods.ts listToDetach': 'stream: read to the end each time; what can’t be asked is passed over',
	'security-events.ts listSecurityEvents': 'page: /admin/securite',
	'security-events.ts listStrangersEvents': 'said: npm run security prints how many there are',
	'sign-ins.ts spendGuess': 'enough: a code is tried on the latest five requests of a browser (decision 0026)',
	'sign-ins.ts findLastPersonOf': 'enough: people of one browser',
	'sign-ins.ts listPeopleOfBrowser': 'enough: people of one browser',
	'stripe-accounts.ts listStripeAccounts': 'enough: accounts of one supplier',
	'stripe-accounts.ts findSupplierOfAccount': 'enough: two say that it is not one',
	'stripe-accounts.ts listToAskAgain': 'queue: what was asked has a later turn',
	'stripe-accounts.ts listConfirmedSilences': 'enough: accounts of one supplier',
	'stripe-balances.ts listBalances': 'enough: accounts of one supplier',
	'stripe-books.ts listGaps': 'said: totals_differ_more',
	'stripe-books.ts listUnsettledObjects':
		'queue: what was looked at goes behind; each account has its own; said: on the first page',
	'stripe-books.ts listToCompare': 'queue: what was compared longest ago comes first',
	'withdrawals.ts listTouched': 'said: the first of those that stand in the way'
};

const STORE = 'src/lib/server/store';
/** A bound, but of one row or of what a page of rows asked for by id. */
const BOUND = /\.limit\((?!1\))|\blimit \$\{|\blimit (?!1\b)\d/;
const NAMED = /^export (?:const|(?:async )?function\*?) (\w+)|^const (\w+) = writtenOnce/;

function boundsOf(text: string): string[] {
	let named = '';
	return text.split('\n').flatMap((line) => {
		const found = NAMED.exec(line);
		if (found) named = found[1] ?? found[2] ?? named;
		return /^\s*(\/\/|\*|\/\*)/.test(line) || !BOUND.test(line) ? [] : [named];
	});
}

test('every bound of a query is named with its reason, and no reason outlives its bound', () => {
	const found = readdirSync(STORE)
		.filter((file) => file.endsWith('.ts'))
		.flatMap((file) => boundsOf(readFileSync(`${STORE}/${file}`, 'utf8')).map((name) => `${file} ${name}`));
	expect([...new Set(found)].sort()).toEqual(Object.keys(BOUNDS).sort());
	expect(
		Object.values(BOUNDS).filter((reason) => !/^(page|stream|said|queue|enough|short): .{8}/.test(reason))
	).toEqual([]);
});
test('a bound is found however it is written', () => {
	for (const line of ['.limit(50)', '.limit(Math.min(a, 2))', 'limit ${size}', 'order by x limit 200`']) {
		expect(boundsOf(`export const listX = () =>\n\t${line}`)).toEqual(['listX']);
	}
	expect(boundsOf('const list = writtenOnce<X>()((tx, given) =>\n\ttx.limit(given.most)')).toEqual(['list']);
	expect(boundsOf('export const one = () => q.limit(1);\n// no limit 20')).toEqual([]);
});
test('what says that docs/limits.md names it is named there', () =>
	expect(readFileSync('docs/limits.md', 'utf8')).toContain('**Lists that end**'));
