// Which mails there are, and what becomes of one.

export type PlanMailKind =
	| 'plan_started'
	| 'part_announced'
	| 'part_failed'
	| 'method_lost'
	| 'method_ending'
	| 'move_asked'
	| 'part_forgiven'
	| 'plan_credited'
	| 'plan_lowered'
	| 'plan_in_default'
	| 'plan_in_default_told';
export type MailKind =
	| 'invoice_to_pay'
	| 'payment_received'
	| 'payment_failed'
	| 'debit_notice'
	| 'refund'
	| 'refund_failed'
	| 'money_returned'
	| 'transfer_undone'
	| 'money_restored'
	| 'contact_added'
	| 'contact_added_told'
	| 'owner_notice'
	| 'tier_reached'
	| 'points_expiring'
	| 'points_ending'
	| 'points_rules_changed'
	| 'reward_refused'
	| PlanMailKind;
export type MailState = 'due' | 'sending' | 'sent' | 'refused' | 'failed' | 'dropped';
