// How money goes back, or comes again.

export type ReversalKind =
	| 'refund'
	| 'refund_failed'
	| 'debit_return'
	| 'chargeback'
	| 'chargeback_won'
	| 'transfer_undone'
	| 'return_undone'
	| 'payment_unsaid' // a person had said so of an attempt or a refund that nobody could ask about, and took that back
	| 'refund_unsaid';
