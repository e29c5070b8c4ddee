// A programme ends with notice: so many days before the last one on which points are earned, and after that one so many to use them.
export const EARN_NOTICE_DAYS = 30;
export const SPEND_NOTICE_DAYS = 90;
/** Until the money of a SEPA debit is there, at most. */
export const DEBIT_DAYS = 14;
